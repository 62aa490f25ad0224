'use client'
/** A chart with Grafana's habits: drag to zoom, press the legend to keep one line, Ctrl-press for more. */
import { useState } from 'react'
import { ChartCanvas, type Readout } from '../ui/evidence/chart-canvas.tsx'
import type { SeriesEvidence } from '../ui/evidence/chart-data.ts'
import { lineColours } from '../ui/evidence/line-colours.ts'
import { classNames } from '../ui/class-names.ts'
import { fitsOnAxis, formatQuantity } from '../ui/figures.ts'
import { formatClock, formatExact, formatZone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { type HiddenLines, lineFigures, pressLine } from './shown-lines.ts'
import type { Span } from './time-range.ts'

export interface SeriesExplorerProps {
  evidence: SeriesEvidence
  span: Span
  hidden: HiddenLines
  onHide: (hidden: HiddenLines) => void
  /** A range was dragged; without it the chart is still. */
  onRange?: (from: number, to: number) => void
  height?: number
}

export function SeriesExplorer({ evidence, span, hidden, onHide, onRange, height = 280 }: SeriesExplorerProps) {
  const zone = useZone()
  const [readout, setReadout] = useState<Readout | null>(null)
  const empty = evidence.series.every((line) => line.points.every(([, value]) => value === null))
  return (
    <div>
      {empty ? (
        <div
          style={{ height }}
          className="mt-2 flex flex-col items-center justify-center gap-1 rounded-md border border-dashed border-inconclusive/50 px-4 text-center text-inconclusive"
        >
          <b className="font-semibold">No data in this time</b>
          <span>Choose another time, or take filters away. No data is not zero.</span>
        </div>
      ) : (
        <ChartCanvas
          evidence={evidence}
          group="data"
          height={height}
          range={[span.from, span.to]}
          hidden={hidden}
          onReadout={setReadout}
          onRange={onRange}
        />
      )}
      <p className="figures flex min-h-5 flex-wrap gap-x-3 text-xs text-third">
        <span className={readout ? 'text-second' : undefined}>
          {readout ? formatExact(readout.at, zone) : formatZone(span.from, zone)}
        </span>
        {!fitsOnAxis(evidence.unit) && <span>in {evidence.unit}</span>}
        {onRange && !empty && <span className="ml-auto max-sm:hidden">drag to zoom in and diagnose</span>}
      </p>
      {!empty && <Legend evidence={evidence} hidden={hidden} onHide={onHide} readout={readout} />}
    </div>
  )
}

function Legend({
  evidence,
  hidden,
  onHide,
  readout,
}: Pick<SeriesExplorerProps, 'evidence' | 'hidden' | 'onHide'> & { readout: Readout | null }) {
  const zone = useZone()
  const colours = lineColours(evidence, (name) => `var(${name})`)
  const count = evidence.series.length
  return (
    // A box that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section aria-label="Lines of the chart" tabIndex={0} className="mt-1 max-h-56 overflow-auto">
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-panel text-third">
          <tr>
            <th scope="col" className="py-1 pr-3 text-left font-normal">
              line
            </th>
            <th scope="col" className="px-3 text-right font-normal">
              {readout ? `at ${formatClock(readout.at, zone, true)}` : 'last'}
            </th>
            <th scope="col" className="px-3 text-right font-normal max-sm:hidden">
              mean
            </th>
            <th scope="col" className="pl-3 text-right font-normal max-sm:hidden">
              highest
            </th>
          </tr>
        </thead>
        <tbody>
          {evidence.series.map((line, index) => {
            const figures = lineFigures(line.points)
            const off = hidden.has(index)
            return (
              <tr key={line.name} className={classNames('border-t border-line', off && 'text-third')}>
                <th scope="row" aria-label={line.name} className="w-full max-w-0 py-0.5 pr-3 text-left font-normal">
                  <button
                    type="button"
                    aria-pressed={!off}
                    title={`${line.name}: press to see it alone, Ctrl-press to add it or take it away`}
                    onClick={(event) =>
                      onHide(pressLine(hidden, index, { count, add: event.ctrlKey || event.metaKey || event.shiftKey }))
                    }
                    className="flex max-w-full items-center gap-2 rounded-sm hover:underline"
                  >
                    <span
                      className="h-0.5 w-3 shrink-0 rounded-full"
                      style={{ background: off ? 'var(--line-strong)' : colours[index] }}
                    />
                    <span className="truncate">{line.name}</span>
                  </button>
                </th>
                <td className="px-3 text-right whitespace-nowrap">
                  {formatQuantity(readout ? readout.values[index] : figures.last, evidence.unit)}
                </td>
                <td className="px-3 text-right whitespace-nowrap max-sm:hidden">
                  {formatQuantity(figures.mean, evidence.unit)}
                </td>
                <td className="pl-3 text-right whitespace-nowrap max-sm:hidden">
                  {formatQuantity(figures.highest, evidence.unit)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
