'use client'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { VerdictChip } from '../badge.tsx'
import { classNames } from '../class-names.ts'
import { formatQuantity } from '../figures.ts'
import { useTheme } from '../theme.ts'
import { formatClock, formatZone } from '../time-format.ts'
import { useZone } from '../zone.ts'
import { chartColumns, type SeriesEvidence, summarise, valueRange } from './chart-data.ts'
import { lineColours } from './line-colours.ts'
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

/** Series in their expected band, with change and onset marks. It can be opened as its query and as a table. */
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
          {evidence.subtitle && <p className="text-sm text-third">{evidence.subtitle}</p>}
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
      <div className="mt-2 flex gap-3 border-t border-line pt-1.5 text-sm">
        <Toggle name="query" shown={shown} onChange={setShown} />
        <Toggle name="table" shown={shown} onChange={setShown} />
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
      className={classNames('rounded-sm', on ? 'font-semibold text-accent' : 'text-third hover:text-ink')}
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
    .join(' ')
}

/** What the crosshair points at: an instant and each line's value there. */
interface Readout {
  at: number
  values: (number | null | undefined)[]
}

function Canvas({ evidence, group }: { evidence: SeriesEvidence; group: string }) {
  const host = useRef<HTMLDivElement>(null)
  const [readout, setReadout] = useState<Readout | null>(null)
  const { dark } = useTheme()
  const zone = useZone()
  const columns = useMemo(() => chartColumns(evidence), [evidence])

  useEffect(() => {
    const element = host.current
    if (!element || columns.times.length === 0) return
    const style = getComputedStyle(element)
    const colour = (name: string): string => style.getPropertyValue(name).trim()
    const lines = lineColours(evidence, colour)
    const bandSeries: uPlot.Series[] = columns.low
      ? [
          { stroke: 'transparent', points: { show: false } },
          { stroke: 'transparent', points: { show: false } },
        ]
      : []
    const offset = 1 + bandSeries.length
    const data = [
      columns.times,
      ...(columns.low && columns.high ? [columns.high, columns.low] : []),
      ...columns.series,
    ] as uPlot.AlignedData
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 148,
        padding: [8, 2, 0, 0],
        legend: { show: false },
        tzDate: (seconds) =>
          zone === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
        cursor: {
          y: false,
          drag: { x: false, y: false },
          points: { size: 6, width: 0 },
          sync: { key: group, setSeries: false },
        },
        scales: { x: { time: true }, y: { range: (_self, low, high) => valueRange(low, high) } },
        axes: [
          {
            stroke: colour('--third'),
            font: '11px Inter Variable, sans-serif',
            grid: { show: false },
            ticks: { show: false },
            size: 22,
            gap: 6,
            space: 70,
            values: (_self, splits) => splits.map((each) => formatClock(each * 1000, zone)),
          },
          {
            stroke: colour('--third'),
            font: '11px Inter Variable, sans-serif',
            grid: { stroke: colour('--line'), width: 1 },
            ticks: { show: false },
            gap: 6,
            space: 36,
            size: (_self, values) => 10 + Math.max(24, ...(values ?? []).map((each) => each.length * 6.4)),
            values: (_self, splits) =>
              splits.map((each) => formatQuantity(each, fitsOnAxis(evidence.unit) ? evidence.unit : '')),
          },
        ],
        bands: columns.low ? [{ series: [1, 2], fill: colour('--band') }] : [],
        series: [
          {},
          ...bandSeries,
          ...evidence.series.map((line, index) => ({
            label: line.name,
            stroke: lines[index]!,
            width: 1.6,
            spanGaps: false,
            // A lone point between two gaps would vanish without its dot.
            points: { show: false },
          })),
        ],
        hooks: {
          drawAxes: [
            (self) => {
              // Under the lines, so that a mark never hides the data it explains.
              drawMarks(self, evidence.marks ?? [], colour)
            },
          ],
          setCursor: [
            (self) => {
              const index = self.cursor.idx
              if (index === null || index === undefined) setReadout(null)
              else {
                setReadout({
                  at: self.data[0][index]! * 1000,
                  values: evidence.series.map((_line, line) => self.data[line + offset]?.[index]),
                })
              }
            },
          ],
        },
      },
      data,
      element,
    )
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 148 }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [columns, evidence, group, dark, zone])

  return (
    <>
      <div ref={host} aria-hidden className="mt-2 h-[148px] w-full" />
      <Legend evidence={evidence} readout={readout} />
    </>
  )
}

function drawMarks(plot: uPlot, marks: NonNullable<SeriesEvidence['marks']>, colour: (name: string) => string): void {
  const { ctx, bbox } = plot
  ctx.save()
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at / 1000, 'x', true)) + 0.5
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.strokeStyle = colour(mark.kind === 'change' ? '--act' : '--abnormal')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash(mark.kind === 'change' ? [3 * devicePixelRatio, 3 * devicePixelRatio] : [])
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
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
          <span key={`${mark.kind}-${mark.at}`} className="flex items-center gap-1.5">
            <span
              className={classNames(
                'h-3 border-l',
                mark.kind === 'change' ? 'border-dashed border-act' : 'border-abnormal',
              )}
            />
            {mark.label}
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

/** Short enough to stand at each figure of the axis; others stand once, in the legend. */
function fitsOnAxis(unit: string): boolean {
  return ['ratio', '1', '%', 's', 'seconds', 'ms'].includes(unit)
}
