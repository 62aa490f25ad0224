/** Fields that inputs of several nodes have, each with the form control that it wants (`x-widget`). */
import * as z from 'zod'
import { duration, durationSeconds } from '@tenon/runbook'

export const chainField = z.string().min(1).meta({
  title: 'Chain',
  description: 'The business chain of the model, e.g. card-payment.',
  'x-widget': 'chain',
})

export const entityField = z.string().min(1).meta({
  title: 'Entity',
  description: 'The entity of the model, e.g. payment.',
  'x-widget': 'entity',
})

export const measureField = z.string().min(1).meta({
  title: 'Measure',
  description: '<table>.<measure> or <entity>.<measure> of the model, e.g. payment.success-rate.',
  'x-widget': 'measure',
})

export const whereField = z
  .record(z.string(), z.string())
  .default({})
  .meta({ title: 'Where', description: 'Dimensions and their values, e.g. zone: A.' })

export const windowField = duration.default('15m').meta({
  title: 'Window',
  description: 'How far back is judged. A shorter incident inside it is found as well.',
  'x-widget': 'duration',
})

export const leaseField = duration.default('30m').meta({
  title: 'Lease',
  description: 'After this time the action reverts by itself.',
  'x-widget': 'duration',
})

/** Seconds of a duration field, which its schema has checked. */
export function secondsOf(text: string): number {
  const seconds = durationSeconds(text)
  if (seconds === null) throw new RangeError(`"${text}" is not a duration`)
  return seconds
}

/** Minutes of a judged window, held between 3 min (less has too few events) and 3 h (today's level is learnt from before it). */
export function windowMinutes(text: string): number {
  return Math.min(180, Math.max(3, Math.round(secondsOf(text) / 60)))
}
