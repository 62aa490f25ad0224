'use client'
import { useId, useState } from 'react'
import { VerdictChip } from '../badge.tsx'
import { classNames } from '../class-names.ts'
import { fitsOnAxis, formatQuantity, keepUnits } from '../figures.ts'
import { formatClock, formatExact, formatZone } from '../time-format.ts'
import { useZone } from '../zone.ts'
import { ChartCanvas, type Readout } from './chart-canvas.tsx'
import { useChartZoom } from './chart-zoom.tsx'
import { type SeriesEvidence, summarise } from './chart-data.ts'
import { lineColours, markLooks } from './line-colours.ts'
import { QueryList } from './query-list.tsx'
import { SeriesTable } from './series-table.tsx'

export interface ChartProps {
  evidence: SeriesEvidence
  /** Charts of one group share the crosshair. */
  group?: string
  /** Drawn inside another card: no border and padding of its own. */
  bare?: boolean
}

type Shown = 'chart' | 'query' | 'table'

/**
 * Series in their expected band, with change, onset and alert marks. It can be opened as its query and as a table. In a `ChartZoom` a drag zooms
 * all of its charts.
 */
export function Chart({ evidence, group = 'page', bare }: ChartProps) {
  const [shown, setShown] = useState<Shown>('chart')
  const titleId = useId()
  const empty = evidence.series.every((line) => line.points.every(([, value]) => value === null))
  return (
    <figure
      aria-labelledby={titleId}
      className={classNames(
        'flex min-w-0 flex-col',
        !bare && 'rounded-xl border border-line bg-panel px-4 pt-3 pb-2 shadow-rest',
      )}
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0">
          <figcaption id={titleId} className="font-semibold text-pretty">
            {evidence.title}
          </figcaption>
          {evidence.subtitle && <p className="text-sm text-third">{keepUnits(evidence.subtitle)}</p>}
        </div>
        {evidence.verdict && (
          <div className="ml-auto">
            <VerdictChip value={evidence.verdict} label={empty ? 'no data' : undefined} />
          </div>
        )}
      </div>
      <p className="sr-only">{describe(evidence)}</p>
      {empty && shown === 'chart' ? (
        <div className="mt-2 flex h-[148px] items-center justify-center rounded-md border border-dashed border-inconclusive/50 text-inconclusive">
          No data in this window
        </div>
      ) : (
        shown === 'chart' && <Canvas evidence={evidence} group={group} />
      )}
      {shown === 'table' && <SeriesTable evidence={evidence} />}
      {shown === 'query' && <QueryList queries={evidence.queries ?? []} />}
      <div className="mt-auto pt-2 text-sm print:hidden">
        <div className="flex gap-3 border-t border-line pt-1.5">
          <Toggle name="query" shown={shown} onChange={setShown} />
          <Toggle name="table" shown={shown} onChange={setShown} />
        </div>
      </div>
    </figure>
  )
}

function Toggle({
  name,
  shown,
  onChange,
}: {
  name: 'query' | 'table'
  shown: Shown
  onChange: (shown: Shown) => void
}) {
  const on = shown === name
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onChange(on ? 'chart' : name)}
      className={classNames(
        'rounded-sm max-sm:min-h-11 max-sm:min-w-11',
        on ? 'font-semibold text-accent' : 'text-third hover:text-ink',
      )}
    >
      {on ? 'chart' : name}
    </button>
  )
}

function describe(evidence: SeriesEvidence): string {
  return evidence.series
    .map((line) => {
      const figures = summarise(line)
      const gaps = figures.gaps > 0 ? `, ${figures.gaps} times without data` : ''
      return `${line.name}: from ${formatQuantity(figures.low, evidence.unit)} to ${formatQuantity(figures.high, evidence.unit)}, last ${formatQuantity(figures.last, evidence.unit)}${gaps}.`
    })
    .concat((evidence.marks ?? []).map((mark) => `${mark.kind} ${mark.label} at ${formatExact(mark.at, 'utc')}.`))
    .join(' ')
}

function Canvas({ evidence, group }: { evidence: SeriesEvidence; group: string }) {
  const [readout, setReadout] = useState<Readout | null>(null)
  const zoom = useChartZoom()
  return (
    <>
      <ChartCanvas
        evidence={evidence}
        group={group}
        onReadout={setReadout}
        {...(zoom?.range ? { range: zoom.range } : {})}
        {...(zoom ? { onRange: (from: number, to: number) => zoom.onRange([from, to]) } : {})}
      />
      <Legend evidence={evidence} readout={readout} />
    </>
  )
}

/** Under the chart: what the lines and marks are, or the values at the crosshair. */
function Legend({ evidence, readout }: { evidence: SeriesEvidence; readout: Readout | null }) {
  const zone = useZone()
  const style = (index: number) => ({ background: lineColours(evidence, (name) => `var(${name})`)[index] })
  const many = evidence.series.length > 1
  const at = evidence.series[0]?.points[0]?.[0]
  return (
    <div aria-hidden className="figures flex min-h-4.5 flex-wrap items-center gap-x-3 text-xs text-third">
      {readout ? (
        <span className="text-second">{formatClock(readout.at, zone, true)}</span>
      ) : (
        at !== undefined && <span>{formatZone(at, zone)}</span>
      )}
      {(many || readout) &&
        evidence.series.map((line, index) => (
          <span key={line.name} className="flex items-center gap-1.5">
            <span className="h-0.5 w-3 rounded-full" style={style(index)} />
            {line.name}
            {readout && (
              <b className="font-semibold text-ink">{formatQuantity(readout.values[index], evidence.unit)}</b>
            )}
          </span>
        ))}
      {!readout &&
        evidence.marks?.map((mark) => (
          <span
            key={`${mark.kind}-${mark.at}-${mark.label}`}
            title={`${mark.kind}, ${formatExact(mark.at, zone)}`}
            className="flex min-w-0 items-center gap-1.5"
          >
            <span
              className="h-3 shrink-0 border-l"
              style={{
                borderColor: `var(${markLooks[mark.kind].variable})`,
                borderLeftStyle: markLooks[mark.kind].border,
                borderLeftWidth: markLooks[mark.kind].width,
              }}
            />
            <span className="min-w-0 truncate">{mark.label}</span>
            <span>{formatClock(mark.at, zone)}</span>
          </span>
        ))}
      {!readout && evidence.band && (
        <span className="flex items-center gap-1.5">
          <span className="h-2.5 w-3 rounded-xs bg-band ring-1 ring-line" />
          expected range
        </span>
      )}
      {!readout && evidence.unit && !fitsOnAxis(evidence.unit) && <span className="ml-auto">in {evidence.unit}</span>}
    </div>
  )
}
