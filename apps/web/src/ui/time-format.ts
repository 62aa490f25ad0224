/** How times and durations are written. Pure; every absolute time names its zone. */

export type Zone = 'browser' | 'utc'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

function timeZone(zone: Zone): string | undefined {
  return zone === 'utc' ? 'UTC' : undefined
}

/** "14:02" or "14:02:10", without zone: for axes whose caption names it. */
export function formatClock(at: number, zone: Zone, seconds = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    timeZone: timeZone(zone),
  }).format(at)
}

/** "UTC", "CEST" or "GMT+2": the zone that holds at `at`. */
export function formatZone(at: number, zone: Zone): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short', timeZone: timeZone(zone) }).formatToParts(at)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}

/** "21 Nov" */
function formatDay(at: number, zone: Zone): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: timeZone(zone) }).format(at)
}

/** On a time axis of `span` ms: "14:02"; over more than a day midnights are days; over more than a week all are. */
export function formatAxisTime(at: number, zone: Zone, span: number): string {
  const clock = formatClock(at, zone)
  return span > 7 * day || (span > day && clock === '00:00') ? formatDay(at, zone) : clock
}

/** "14:02 UTC" on the same day as `now`, else "21 Nov, 14:02 UTC". */
export function formatTime(at: number, now: number, zone: Zone): string {
  const clock = `${formatClock(at, zone)} ${formatZone(at, zone)}`
  return formatDay(at, zone) === formatDay(now, zone) ? clock : `${formatDay(at, zone)}, ${clock}`
}

/** "21 November 2026, 14:02:10 UTC": the whole truth, for tooltips. */
export function formatExact(at: number, zone: Zone): string {
  const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: timeZone(zone) }).format(at)
  return `${date}, ${formatClock(at, zone, true)} ${formatZone(at, zone)}`
}

/** "just now", "41 s ago", "3 min ago", "in 5 min", "2 d ago". */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at)
  if (distance < second) return 'just now'
  const words = inOneUnit(distance)
  return at <= now ? `${words} ago` : `in ${words}`
}

function inOneUnit(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`
  return `${Math.floor(ms / day)} d`
}

/** "40 ms", "3.8 s", "41 s", "4 min 10 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < 0) return '0 s'
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`
  if (ms < minute) return `${Math.round(ms / second)} s`
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's')
  if (ms < 2 * day) return twoUnits(ms, hour, 'h', minute, 'min')
  return twoUnits(ms, day, 'd', hour, 'h')
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(ms / large)
  const rest = Math.floor((ms % large) / small)
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`
}

/** "12:40", "1:02:09"; "0:00" when it is over. Rounds up, so that it reads 0:00 only when the time is really over. */
export function formatCountdown(ms: number): string {
  const left = Math.max(0, Math.ceil(ms / second))
  const pad = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(left / 3600)
  const minutes = Math.floor((left % 3600) / 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(left % 60)}` : `${minutes}:${pad(left % 60)}`
}
