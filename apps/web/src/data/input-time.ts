/** Times in a `datetime-local` field, which knows no zone: in the one that the person reads times in. Pure. */
import type { Zone } from '../ui/time-format.ts'

/** "2026-11-29T14:02:10" */
export function localInputTime(at: number, zone: Zone): string {
  const seconds = Math.floor(at / 1000) * 1000
  const shifted = zone === 'utc' ? seconds : seconds - new Date(seconds).getTimezoneOffset() * 60_000
  return new Date(shifted).toISOString().slice(0, 19)
}

/** Unix milliseconds; null when it is no time. */
export function readInputTime(text: string, zone: Zone): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return null
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(at) ? null : at
}
