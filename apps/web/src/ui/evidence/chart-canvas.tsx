'use client'
/** The drawing area of a chart: lines, band, marks, crosshair; where it is asked for, a time range chosen by dragging. */
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import { fitsOnAxis, formatQuantity } from '../figures.ts'
import { useTheme } from '../theme.ts'
import { formatAxisTime } from '../time-format.ts'
import { useZone } from '../zone.ts'
import { chartColumns, type SeriesEvidence, valueRange } from './chart-data.ts'
import { lineColours, markLooks } from './line-colours.ts'

/** What the crosshair points at: an instant and each line's value there. */
export interface Readout {
  at: number
  values: (number | null | undefined)[]
}

export interface ChartCanvasProps {
  evidence: SeriesEvidence
  /** Charts of one group share the crosshair. */
  group: string
  onReadout: (readout: Readout | null) => void
  /** Pixels. */
  height?: number
  /** The time axis, unix ms; by default it ends where the data does. */
  range?: readonly [from: number, to: number]
  /** Lines that are not drawn, by their place in the evidence; the others keep their colours. */
  hidden?: ReadonlySet<number>
  /** A range was dragged, unix ms. Without it a drag does nothing. */
  onRange?: (from: number, to: number) => void
}

const nothingHidden: ReadonlySet<number> = new Set()

export function ChartCanvas({
  evidence,
  group,
  onReadout,
  height = 148,
  range,
  hidden = nothingHidden,
  onRange,
}: ChartCanvasProps) {
  const host = useRef<HTMLDivElement>(null)
  const { dark } = useTheme()
  const zone = useZone()
  const columns = useMemo(() => chartColumns(evidence), [evidence])
  // The newest callbacks, without a new drawing for each.
  const told = useRef({ onReadout, onRange })
  useEffect(() => {
    told.current = { onReadout, onRange }
  })
  const zooms = onRange !== undefined
  const [from, to] = range ?? []

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
        height,
        padding: [8, 2, 0, 0],
        legend: { show: false },
        tzDate: (seconds) =>
          zone === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
        cursor: {
          y: false,
          drag: { x: zooms, y: false, setScale: false },
          points: { size: 6, width: 0 },
          sync: { key: group, setSeries: false },
        },
        scales: {
          x:
            from !== undefined && to !== undefined
              ? { time: true, range: () => [from / 1000, to / 1000] }
              : { time: true },
          y: { range: (_self, low, high) => valueRange(low, high) },
        },
        axes: [
          {
            stroke: colour('--third'),
            font: '11px Inter Variable, sans-serif',
            grid: { show: false },
            ticks: { show: false },
            size: 22,
            gap: 6,
            space: 70,
            values: (self, splits) => {
              const { min = null, max = null } = self.scales['x'] ?? {}
              const span = (max ?? 0) - (min ?? 0)
              // A time at the very edge would be cut in two.
              const isAtEdge = (each: number): boolean => (((max ?? 0) - each) / span) * self.width < halfTimePixels
              return splits.map((each) => (isAtEdge(each) ? '' : formatAxisTime(each * 1000, zone, span * 1000)))
            },
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
            show: !hidden.has(index),
            stroke: lines[index]!,
            width: 1.6,
            spanGaps: false,
            // A lone point between two gaps would vanish without its dot.
            points: {
              show: false,
              size: 4,
              width: 0,
              fill: lines[index]!,
              filter: (self: uPlot, place: number) => lonePoints(self.data[place] ?? []),
            },
          })),
        ],
        hooks: {
          // Over the band and under the lines, so that a mark hides nothing that it explains.
          ...(columns.low
            ? {
                drawSeries: [
                  (self: uPlot, place: number) => {
                    if (place === bandSeries.length) drawMarks(self, evidence.marks ?? [], colour)
                  },
                ],
              }
            : { drawAxes: [(self: uPlot) => drawMarks(self, evidence.marks ?? [], colour)] }),
          setSelect: [
            (self) => {
              const { left, width } = self.select
              if (width < smallestDrag) return
              const [start, end] = [self.posToVal(left, 'x') * 1000, self.posToVal(left + width, 'x') * 1000]
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              told.current.onRange?.(Math.round(start), Math.round(end))
            },
          ],
          setCursor: [
            (self) => {
              const index = self.cursor.idx
              if (index === null || index === undefined) told.current.onReadout(null)
              else {
                told.current.onReadout({
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
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [columns, evidence, group, dark, zone, height, from, to, hidden, zooms])

  return <div ref={host} aria-hidden style={{ height }} className="mt-2 w-full [&_.u-select]:bg-accent/15" />
}

/** Pixels of half a time on the axis. */
const halfTimePixels = 18

/** Indices of the values with none beside them. */
function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const isValue = (index: number): boolean => typeof values[index] === 'number'
  const found: number[] = []
  for (let index = 0; index < values.length; index += 1)
    if (isValue(index) && !isValue(index - 1) && !isValue(index + 1)) found.push(index)
  return found
}

/** Pixels: less is a press, not a range. */
const smallestDrag = 6

function drawMarks(plot: uPlot, marks: NonNullable<SeriesEvidence['marks']>, colour: (name: string) => string): void {
  const { ctx, bbox } = plot
  ctx.save()
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at / 1000, 'x', true)) + 0.5
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    const { variable, width, dash } = markLooks[mark.kind]
    ctx.strokeStyle = colour(variable)
    ctx.lineWidth = width * devicePixelRatio
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio))
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}
