/** A time range as Grafana writes it in the address, `from=now-6h&to=now`, and what can be done with one. Pure. */
import { formatTime, type Zone } from '../ui/time-format.ts'

/** As it is written: `now`, `now-15m`, or unix milliseconds. */
export interface TimeRange {
  from: string
  to: string
}

/** Unix milliseconds. */
export interface Span {
  from: number
  to: number
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const relative = /^now(?:-(\d{1,5})([smhd]))?$/
const absolute = /^\d{10,14}$/

/** The earliest that can be asked for, so that a slip of the hand does not ask for a century. */
const longest = 400 * units.d
const shortest = 10_000

export const quickRanges: readonly { range: TimeRange; title: string }[] = [
  { range: { from: 'now-15m', to: 'now' }, title: 'Last 15 minutes' },
  { range: { from: 'now-1h', to: 'now' }, title: 'Last hour' },
  { range: { from: 'now-3h', to: 'now' }, title: 'Last 3 hours' },
  { range: { from: 'now-6h', to: 'now' }, title: 'Last 6 hours' },
  { range: { from: 'now-24h', to: 'now' }, title: 'Last 24 hours' },
  { range: { from: 'now-2d', to: 'now' }, title: 'Last 2 days' },
  { range: { from: 'now-7d', to: 'now' }, title: 'Last 7 days' },
  { range: { from: 'now-30d', to: 'now' }, title: 'Last 30 days' },
]

export const usualRange: TimeRange = { from: 'now-1h', to: 'now' }

/** Unix milliseconds; null when it is neither form. */
function readTime(text: string, now: number): number | null {
  const [, count, unit] = relative.exec(text) ?? []
  if (relative.test(text)) return count && unit ? now - Number(count) * units[unit as keyof typeof units] : now
  return absolute.test(text) ? Number(text) : null
}

/** What a range means at `now`; null when it cannot be read, ends before it begins or is far too long. */
export function spanOf({ from, to }: TimeRange, now: number): Span | null {
  const [start, end] = [readTime(from, now), readTime(to, now)]
  if (start === null || end === null || end - start < shortest || end - start > longest) return null
  return { from: start, to: end }
}

/** Whether it moves on with the clock. */
export function followsNow({ to }: TimeRange): boolean {
  return to.startsWith('now')
}

export function fixedRange({ from, to }: Span): TimeRange {
  return { from: String(Math.round(from)), to: String(Math.round(to)) }
}

/** Half a range earlier (-1) or later (+1); never later than now. */
export function shiftSpan({ from, to }: Span, direction: -1 | 1, now: number): Span {
  const half = (to - from) / 2
  const by = direction === -1 ? -half : Math.min(half, Math.max(0, now - to))
  return { from: from + by, to: to + by }
}

/** Twice as long around the same middle; what would be after now goes before. */
export function zoomOutSpan({ from, to }: Span, now: number): Span {
  const half = Math.min((to - from) / 2, (longest - (to - from)) / 2)
  const over = Math.max(0, to + half - now)
  return { from: from - half - over, to: to + half - over }
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]

/** The smallest round step, in seconds, that gives at most `points`; never finer than what sources usually hold. */
export function stepSecondsFor({ from, to }: Span, points = 300): number {
  const wanted = Math.max(10, (to - from) / 1000 / points)
  return steps.find((step) => step >= wanted) ?? 86_400
}

/** Whole steps, so that the same question asked a moment later is the same question. The last step may not have ended yet. */
export function alignSpan({ from, to }: Span, stepSeconds: number): Span {
  const step = stepSeconds * 1000
  return {
    from: Math.floor(from / step) * step,
    to: Math.max(Math.floor(from / step) + 1, Math.floor(to / step)) * step,
  }
}

/** "Last 6 hours", or "21 Nov, 14:02 UTC to 15:02 UTC". */
export function rangeTitle(range: TimeRange, now: number, zone: Zone): string {
  const quick = quickRanges.find((one) => one.range.from === range.from && one.range.to === range.to)
  if (quick) return quick.title
  const span = spanOf(range, now)
  if (!span) return 'Unreadable range'
  return `${formatTime(span.from, now, zone)} to ${formatTime(span.to, now, zone)}`
}
