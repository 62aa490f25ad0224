'use client'
import { type FormEvent, useState } from 'react'
import { Popover } from '@base-ui/react/popover'
import { ChevronDown, ChevronLeft, ChevronRight, Clock, ZoomOut } from 'lucide-react'
import { Button, IconButton } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { controlClass, Field } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { useShortcut } from '../ui/shortcuts.ts'
import { formatZone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { localInputTime, readInputTime } from './input-time.ts'
import {
  fixedRange,
  quickRanges,
  rangeTitle,
  shiftSpan,
  type Span,
  spanOf,
  type TimeRange,
  zoomOutSpan,
} from './time-range.ts'

export interface RangePickerProps {
  range: TimeRange
  span: Span
  onChange: (range: TimeRange) => void
}

/** Earlier, which time, later, zoom out: as in Grafana, with its keys. */
export function RangePicker({ range, span, onChange }: RangePickerProps) {
  const now = useNow()
  const zone = useZone()
  const [open, setOpen] = useState(false)
  const earlier = (): void => onChange(fixedRange(shiftSpan(span, -1, now)))
  const later = (): void => onChange(fixedRange(shiftSpan(span, 1, now)))
  const zoomOut = (): void => onChange(fixedRange(zoomOutSpan(span, now)))
  useShortcut({ keys: 't b', label: 'Half a range earlier', group: 'Time', run: earlier })
  useShortcut({ keys: 't f', label: 'Half a range later', group: 'Time', run: later })
  useShortcut({ keys: 't z', label: 'Zoom out', group: 'Time', run: zoomOut })
  useShortcut({ keys: 't r', label: 'Choose the time range', group: 'Time', run: () => setOpen(true) })
  return (
    <div role="group" aria-label="Time range" className="flex items-center gap-1">
      <IconButton size="small" variant="ghost" label="Half a range earlier (T B)" onClick={earlier}>
        <ChevronLeft aria-hidden className="size-4" />
      </IconButton>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className={classNames(controlClass, 'flex w-auto! items-center gap-2 whitespace-nowrap')}>
          <Clock aria-hidden className="size-3.5 text-third" />
          {rangeTitle(range, now, zone)}
          <ChevronDown aria-hidden className="size-3.5 text-third" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={4} align="end" className="z-50">
            <Popover.Popup
              aria-label="Choose the time range"
              className="flex w-[min(440px,94vw)] rounded-lg border border-line bg-panel shadow-float outline-none max-sm:flex-col"
            >
              <ul className="shrink-0 p-1 sm:border-r sm:border-line">
                {quickRanges.map((quick) => (
                  <li key={quick.title}>
                    <button
                      type="button"
                      aria-pressed={quick.range.from === range.from && quick.range.to === range.to}
                      onClick={() => {
                        onChange(quick.range)
                        setOpen(false)
                      }}
                      className="flex h-8 w-full items-center rounded-md px-2.5 text-left hover:bg-hover aria-pressed:font-semibold aria-pressed:text-accent"
                    >
                      {quick.title}
                    </button>
                  </li>
                ))}
              </ul>
              <ExactRange
                span={span}
                onChange={(next) => {
                  onChange(next)
                  setOpen(false)
                }}
              />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <IconButton size="small" variant="ghost" label="Half a range later (T F)" onClick={later}>
        <ChevronRight aria-hidden className="size-4" />
      </IconButton>
      <IconButton size="small" variant="ghost" label="Zoom out (T Z)" onClick={zoomOut}>
        <ZoomOut aria-hidden className="size-3.5" />
      </IconButton>
    </div>
  )
}

function ExactRange({ span, onChange }: { span: Span; onChange: (range: TimeRange) => void }) {
  const zone = useZone()
  const now = useNow()
  const [from, setFrom] = useState(() => localInputTime(span.from, zone))
  const [to, setTo] = useState(() => localInputTime(span.to, zone))
  const [refused, setRefused] = useState(false)
  const apply = (event: FormEvent): void => {
    event.preventDefault()
    const [start, end] = [readInputTime(from, zone), readInputTime(to, zone)]
    const next = start !== null && end !== null ? fixedRange({ from: start, to: end }) : null
    if (next && spanOf(next, now)) onChange(next)
    else setRefused(true)
  }
  return (
    <form className="flex min-w-0 flex-1 flex-col gap-3 p-3" onSubmit={apply}>
      <TimeField label={`From, ${formatZone(span.from, zone)}`} value={from} onChange={setFrom} />
      <TimeField
        label={`To, ${formatZone(span.to, zone)}`}
        error={refused ? 'It must be at least 10 s after the start, and within 400 days of it.' : null}
        value={to}
        onChange={setTo}
      />
      <Button type="submit" size="small" className="self-start">
        Show this time
      </Button>
    </form>
  )
}

interface TimeFieldProps {
  label: string
  error?: string | null
  value: string
  onChange: (value: string) => void
}

function TimeField({ label, error = null, value, onChange }: TimeFieldProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <input
          {...control}
          type="datetime-local"
          step={1}
          className={controlClass}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
