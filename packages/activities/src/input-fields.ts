/** Fields that inputs of several nodes have, each with the form control that it wants (`x-widget`). */
import { safeName, safeNameFix } from '@tenon/actions/safe-name'
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

/** One that an edge or a gateway is told in a path or a command. */
export const nameField = z.string().regex(safeName, safeNameFix).meta({ 'x-fix': safeNameFix })

export const workloadEntityField = targetEntityField.meta({
  title: 'Entity',
  description: 'One with a workload in the model: a deployment of a Kubernetes connection.',
  'x-widget': 'entity',
})

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

/** As `harmBound` of packages/actions, which the editor must not load. */
const harmBoundField = z
  .object({
    measure: measureField,
    where: whereField,
    minimum: z.number().nullable().default(null).meta({ title: 'Minimum', description: 'A value below it is harm.' }),
    maximum: z.number().nullable().default(null).meta({ title: 'Maximum', description: 'A value above it is harm.' }),
  })
  .refine(({ minimum, maximum }) => minimum !== null || maximum !== null, 'Give a minimum, a maximum, or both.')
  .refine(({ minimum, maximum }) => minimum === null || maximum === null || minimum <= maximum, {
    message: 'The minimum is above the maximum, so every value would be harm.',
  })

export const harmField = z.array(harmBoundField).max(20).optional().meta({
  title: 'Harm',
  description:
    'Bounds on measures of the model. While the action is in effect they are watched each second; a breach, or no data for a minute, puts it back at once.',
})

export const rampField = z
  .object({
    percents: z.array(z.number().int().min(1).max(100)).min(1).max(10).meta({
      title: 'Percents',
      description: 'Shares of the change, rising, e.g. 10, 50; all of it comes last.',
    }),
    watchSeconds: z.number().int().min(1).max(3600).meta({
      title: 'Watch seconds',
      description:
        'How long the measures of Harm are watched after each share. The step must be given the time for it.',
    }),
  })
  .optional()
  .meta({ title: 'Ramp', description: 'Go in by shares, each read back and watched, instead of at once.' })

/** What every request may carry of that. A list that was left empty in a form is none. */
export function harmOf({ harm }: { harm?: z.infer<typeof harmField> }): { harm?: NonNullable<typeof harm> } {
  return harm === undefined || harm.length === 0 ? {} : { harm }
}

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
