'use client'
import { classNames } from './class-names.ts'
import { useNow } from './now.ts'
import { formatCountdown, formatDuration, formatExact, formatRelative, formatTime } from './time-format.ts'
import { useZone } from './zone.ts'

export interface TimeProps {
  /** ISO 8601 or unix milliseconds. */
  at: string | number
  /** `absolute` shows the clock with its zone and says the distance on hover; `relative` the other way round. */
  show?: 'absolute' | 'relative'
  className?: string
}

/** A point in time. @example judged <Time at={row.judgedAt} show="relative" /> */
export function Time({ at, show = 'absolute', className }: TimeProps) {
  const now = useNow()
  const zone = useZone()
  const ms = typeof at === 'number' ? at : Date.parse(at)
  if (Number.isNaN(ms)) return <span className={className}>unknown time</span>
  const relative = formatRelative(ms, now)
  const exact = formatExact(ms, zone)
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={show === 'absolute' ? `${exact} (${relative})` : exact}
      className={classNames('whitespace-nowrap', className)}
      suppressHydrationWarning
    >
      {show === 'absolute' ? formatTime(ms, now, zone) : relative}
    </time>
  )
}

export interface CountdownProps {
  until: string | number
  /** Shown when the time is over. */
  over?: string
}

/** Time left as "12:40"; it counts down. */
export function Countdown({ until, over = 'now' }: CountdownProps) {
  const now = useNow()
  const ms = (typeof until === 'number' ? until : Date.parse(until)) - now
  return <span className="figures whitespace-nowrap">{ms <= 0 ? over : formatCountdown(ms)}</span>
}

/** How long something took, or has taken so far when `to` is missing. */
export function Elapsed({ from, to }: { from: string | number; to?: string | number | null }) {
  const now = useNow()
  const ms = (value: string | number): number => (typeof value === 'number' ? value : Date.parse(value))
  return <span className="figures whitespace-nowrap">{formatDuration((to ? ms(to) : now) - ms(from))}</span>
}
