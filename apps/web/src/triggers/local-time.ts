/** What `<input type="datetime-local">` speaks: a time without a zone, in the zone that this browser shows times in. */
import type { Zone } from '../ui/time-format.ts'

const pad = (value: number): string => String(value).padStart(2, '0')

/** @example toLocalInput(0, 'utc') // '1970-01-01T00:00' */
export function toLocalInput(at: number, zone: Zone): string {
  const date = new Date(at)
  if (zone === 'utc') return date.toISOString().slice(0, 16)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** ISO 8601; null when nothing, or no time, is written. */
export function fromLocalInput(text: string, zone: Zone): string | null {
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
