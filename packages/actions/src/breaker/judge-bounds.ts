/** Whether measures are within the bounds of an action. Pure: the samples, the clock and the patience come from outside. */
import type { HarmVerdict } from '../deps.ts'
import type { HarmBound } from '../request.ts'

export interface HarmSample {
  measure: string
  where: { readonly [dimension: string]: string }
  /** Unix milliseconds: the moment that the value is of, not the one at which it was read. */
  at: number
  /** Since when it was measured: a rate is over some seconds. `at` when it is of one moment. */
  from?: number
  /** null or not a number: there was none. */
  value: number | null
}

export interface HarmTimes {
  /** Unix milliseconds. */
  now: number
  /** Only what is newer says anything: what was measured before the action is no harm of it. */
  since: number
  /** How long a measure may be missing before that counts. */
  graceSeconds: number
}

/**
 * Judges the newest usable value of each bound. A bound is kept when minimum <= value <= maximum.
 *
 * Harm comes before missing data. Within the grace a measure without a value is waited for, after it that is `no-data`: missing, stale, in
 * the future and NaN are all the same, and none of them is ever `well` for longer than the grace.
 */
export function judgeBounds(
  bounds: readonly HarmBound[],
  samples: readonly HarmSample[],
  { now, since, graceSeconds }: HarmTimes,
): HarmVerdict {
  const grace = graceSeconds * 1000
  const span = { since, from: now - grace, to: now + grace }
  const missing: string[] = []
  for (const bound of bounds) {
    const value = newestOf(bound, samples, span)
    const broken = value === null ? null : breachOf(bound, value)
    if (broken !== null) return { kind: 'harm', detail: `${boundName(bound)} is ${broken}` }
    if (value === null && now - since > grace) missing.push(boundName(bound))
  }
  if (missing.length === 0) return { kind: 'well' }
  return { kind: 'no-data', detail: `${missing.join(', ')}: no value for more than ${graceSeconds} s` }
}

/** Bounds that have no value since then; who may only go on with a value of each asks this at the end. */
export function unseenBounds(
  bounds: readonly HarmBound[],
  samples: readonly HarmSample[],
  { now, since, graceSeconds }: HarmTimes,
): string[] {
  const grace = graceSeconds * 1000
  const span = { since, from: now - grace, to: now + grace }
  return bounds.filter((bound) => newestOf(bound, samples, span) === null).map(boundName)
}

/** Whether a sample is of a bound: the same measure, with the same dimensions. */
export function isSampleOf(
  { measure, where }: Pick<HarmSample, 'measure' | 'where'>,
  bound: Pick<HarmBound, 'measure' | 'where'>,
): boolean {
  const names = Object.keys(bound.where)
  return (
    measure === bound.measure &&
    names.length === Object.keys(where).length &&
    names.every((name) => where[name] === bound.where[name])
  )
}

function newestOf(
  bound: HarmBound,
  samples: readonly HarmSample[],
  { since, from, to }: { since: number; from: number; to: number },
): number | null {
  let newest: { at: number; value: number } | null = null
  for (const sample of samples) {
    const { at, value } = sample
    if (value === null || !Number.isFinite(value) || !isSampleOf(sample, bound)) continue
    if ((sample.from ?? at) <= since || at <= from || at > to || (newest !== null && at <= newest.at)) continue
    newest = { at, value }
  }
  return newest?.value ?? null
}

function breachOf({ minimum, maximum }: HarmBound, value: number): string | null {
  if (minimum !== null && value < minimum) return `${value}, below ${minimum}`
  if (maximum !== null && value > maximum) return `${value}, above ${maximum}`
  return null
}

/** `payment.success-rate (zone B)`. */
export function boundName({ measure, where }: HarmBound): string {
  const parts = Object.entries(where).map(([name, value]) => `${name} ${value}`)
  return parts.length === 0 ? measure : `${measure} (${parts.join(', ')})`
}
