/** Breakers in words and figures: bounds, what they read, what is done on a breach. Pure. */
import type { Inputs, Outputs } from '../ui/api.tsx'
import { formatQuantity } from '../ui/figures.ts'
import type { Tone } from '../ui/tone.ts'
import { scopeTextWords } from '../writes/stop-words.ts'

export type Breaker = Outputs['breakers']['list'][number]
export type WatchedAction = Outputs['breakers']['watched']['actions'][number]
export type Reading = Outputs['breakers']['watched']['readings'][number]
export type NewBreaker = Inputs['breakers']['start']
export type OnBreach = Breaker['onBreach']
export type Bound = Pick<WatchedAction['bounds'][number], 'measure' | 'where' | 'minimum' | 'maximum'>

/** What a bound reads: its newest value is inside, outside, or there is none. No data is never inside. */
export type BoundState = 'inside' | 'outside' | 'no-data'

export const boundTones: Record<BoundState, Tone> = { inside: 'normal', outside: 'abnormal', 'no-data': 'inconclusive' }

export function boundState({ minimum, maximum }: Bound, value: number | null | undefined): BoundState {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no-data'
  return (minimum !== null && value < minimum) || (maximum !== null && value > maximum) ? 'outside' : 'inside'
}

/** "at least 98.0 %", "at most 800 ms", "10 to 20 rps". */
export function boundWords({ minimum, maximum }: Bound, unit: string): string {
  if (minimum !== null && maximum !== null)
    return `${formatQuantity(minimum, unit)} to ${formatQuantity(maximum, unit)}`
  return minimum !== null ? `at least ${formatQuantity(minimum, unit)}` : `at most ${formatQuantity(maximum, unit)}`
}

/** "zone=B host=pay-b-1"; empty for none. */
export function whereWords(where: Record<string, string>): string {
  return Object.entries(where)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

/** The other way round, with commas or spaces between; null for what is not written so. */
export function parseWhere(text: string): Record<string, string> | null {
  const pairs = text.split(/[\s,]+/).filter((pair) => pair !== '')
  const where: Record<string, string> = {}
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(pair) ?? []
    if (name === undefined || value === undefined || Object.hasOwn(where, name)) return null
    where[name] = value
  }
  return where
}

/** The reading of a bound: of the same measure and `where`, in whatever order. */
export function readingOf(readings: readonly Reading[], bound: Pick<Bound, 'measure' | 'where'>): Reading | null {
  const key = keyOf(bound)
  return readings.find((reading) => keyOf(reading) === key) ?? null
}

/** The value that people pushed for a bound. */
export function pushedOf(breaker: Pick<Breaker, 'pushed'>, bound: Pick<Bound, 'measure' | 'where'>): number | null {
  const key = keyOf(bound)
  return breaker.pushed.find((sample) => keyOf(sample) === key)?.value ?? null
}

const keyOf = ({ measure, where }: Pick<Bound, 'measure' | 'where'>): string =>
  JSON.stringify([measure, Object.entries(where).toSorted(([a], [b]) => a.localeCompare(b))])

/** What is done on a breach, to stand after "On a breach". */
export function onBreachWords(on: OnBreach): string {
  switch (on.kind) {
    case 'tell':
      return 'people are told'
    case 'revert':
      return `what is in effect of ${scopeTextWords(on.scope)} is put back`
    case 'stop-writes':
      return on.scope === 'all' ? 'all writes are stopped' : `writes of ${scopeTextWords(on.scope)} are stopped`
    case 'cancel-run':
      return `run ${on.runId.slice(0, 8)} is cancelled`
    case 'webhook':
      return `it is posted to ${on.connection}`
  }
}

export const stateTones: Record<Breaker['state'], Tone> = { watching: 'running', tripped: 'abnormal', ended: 'neutral' }

/** Those that watch first, then as they were. */
export function inOrder(breakers: readonly Breaker[]): Breaker[] {
  const rank = (breaker: Breaker): number => (breaker.state === 'watching' ? 0 : 1)
  return breakers.toSorted((a, b) => rank(a) - rank(b))
}
