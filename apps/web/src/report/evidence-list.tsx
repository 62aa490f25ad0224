'use client'
import { useState } from 'react'
import { RotateCcw, ZoomIn } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { ChartZoom, type ZoomRange } from '../ui/evidence/chart-zoom.tsx'
import { Chart } from '../ui/evidence/chart.tsx'
import { EvidenceView } from '../ui/evidence/evidence-view.tsx'
import { Panel } from '../ui/panel.tsx'
import { EmptyState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import type { Piece, ReportView } from './content/report-view.ts'

/** Where the change comes from, then all charts on one time, then everything else over the whole width. */
export function EvidenceList({ view, group }: { view: ReportView; group: string }) {
  const { waterfalls, charts, rest, topologies } = view
  if (waterfalls.length + charts.length + rest.length === 0) {
    return (
      <Panel flush>
        {view.goesOn ? (
          <LoadingRows rows={6} label="Evidence is on its way" />
        ) : (
          <EmptyState title="No evidence">
            {topologies.length > 0 ? 'Only the path was found.' : 'No step of this run gave any.'} The timeline says
            what each step did.
          </EmptyState>
        )}
      </Panel>
    )
  }
  return (
    <div className="space-y-4">
      {waterfalls.map(({ key, evidence }) => (
        <EvidenceView key={key} evidence={evidence} />
      ))}
      {charts.length > 0 && <Charts charts={charts} since={view.since} group={group} />}
      {rest.map(({ key, evidence }) => (
        <EvidenceView key={key} evidence={evidence} />
      ))}
      {view.goesOn && view.stage === 'running' && (
        <Panel flush>
          <LoadingRows rows={3} label="More evidence is on its way" />
        </Panel>
      )}
    </div>
  )
}

function Charts({ charts, since, group }: { charts: readonly Piece<'series'>[]; since: number | null; group: string }) {
  const [range, setRange] = useState<ZoomRange | null>(null)
  const ordered = useSteadyOrder(charts)
  const end = Math.max(
    ...charts.flatMap(({ evidence }) => evidence.series.flatMap(({ points }) => points.at(-1)?.[0] ?? [])),
  )
  const around = since !== null && since < end ? ([since - 0.25 * (end - since), end] as const) : null
  return (
    <section aria-label="Charts" className="space-y-2">
      <div className="flex min-h-7 flex-wrap items-center gap-2 text-sm text-third print:hidden">
        {range ? (
          <>
            <span>
              <Time at={range[0]} /> to <Time at={range[1]} />
            </span>
            <Button
              size="small"
              className="max-sm:h-11"
              icon={<RotateCcw aria-hidden className="size-3.5" />}
              onClick={() => setRange(null)}
            >
              Reset zoom
            </Button>
          </>
        ) : (
          <>
            <span className="max-sm:hidden">Drag over a chart to zoom all of them.</span>
            {around && (
              <Button
                size="small"
                className="max-sm:h-11"
                icon={<ZoomIn aria-hidden className="size-3.5" />}
                onClick={() => setRange(around)}
              >
                Zoom to the onset
              </Button>
            )}
          </>
        )}
      </div>
      <ChartZoom range={range} onRange={setRange}>
        <div className="grid gap-4 md:grid-cols-2">
          {ordered.map(({ key, evidence }) => (
            <Chart key={key} evidence={evidence} group={group} />
          ))}
        </div>
      </ChartZoom>
    </section>
  )
}

/** Charts that somebody looks at keep their places: those that come later, and a conclusion that ranks them anew, move nothing. */
function useSteadyOrder(charts: readonly Piece<'series'>[]): Piece<'series'>[] {
  const [shown, setShown] = useState<readonly string[]>([])
  const byKey = new Map(charts.map((chart) => [chart.key, chart]))
  const added = charts.filter(({ key }) => !shown.includes(key)).map(({ key }) => key)
  const keys = added.length > 0 ? [...shown, ...added] : shown
  if (added.length > 0) setShown(keys)
  return keys.flatMap((key) => byKey.get(key) ?? [])
}
