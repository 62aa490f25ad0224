/** Broken glass in words: what it lifts, what it does not, and how long it lasts. Pure. */
import { formatCountdown } from '../ui/time-format.ts'

/** As packages/actions `policyUnderBrokenGlass` has it. */
export const lifted = [
  'blast radius',
  'rates of actions',
  'the same again',
  'closed calendars',
  'what runbooks may do alone',
]
export const held = [
  'stopped writes',
  'the capacity floor',
  'one zone at a time, excludes',
  'fresh evidence',
  'plan, lease and read-back',
]

/** At most an hour. */
export const glassMinutes = [10, 20, 30, 60]

/** What a person types, so that nobody breaks it by a slip. */
export const confirmWord = 'break glass'

/** @example isConfirmed(' Break glass ') */
export function isConfirmed(text: string): boolean {
  return text.trim().replaceAll(/\s+/g, ' ').toLowerCase() === confirmWord
}

/** "12:40" until it is whole again; null when it is over, or when its end cannot be read. */
export function glassLeft(until: string, now: number): string | null {
  const ms = Date.parse(until) - now
  return ms > 0 ? formatCountdown(ms) : null
}
