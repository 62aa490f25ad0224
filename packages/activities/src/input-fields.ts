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

/**
 * What names the object of an action: not empty, and no pattern (`*`, `?`, `%`), so that a slip never means everything. A regular expression, because
 * it is in the JSON Schema too: the check when a runbook is published is the one of the run.
 */
const named = /^(?=.*\S)[^*?%]+$/u
const notNamed = 'Name one exactly: it must not be empty and must have no *, ? or %.'
export const targetField = z.string().min(1).regex(named, notNamed).meta({ 'x-fix': notNamed })

export const targetEntityField = targetField.meta({ title: 'Entity', 'x-widget': 'entity' })

/** May stay empty, where something else can be named instead; no pattern either. */
const noPattern = 'Name one exactly, without *, ? or %, or leave it empty.'
export const optionalTargetField = z
  .string()
  .regex(/^[^*?%]*$/u, noPattern)
  .meta({ 'x-fix': noPattern })

export const whileAlertField = z.string().min(1).optional().meta({
  title: 'While alert',
  description:
    'Id of an alert: the action is refused when it does not fire any more. Usually from a parameter of type alert.',
})

/** What every request may carry of that. */
export function whileOf({ whileAlert }: { whileAlert?: string | undefined }): { whileAlert?: string } {
  return whileAlert === undefined ? {} : { whileAlert }
}

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
