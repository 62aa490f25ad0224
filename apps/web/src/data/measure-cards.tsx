'use client'
/** The measures of an entity as small charts that share a time and a crosshair. */
import { useMemo, useState } from 'react'
import Link from 'next/link'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { ChartCanvas, type Readout } from '../ui/evidence/chart-canvas.tsx'
import type { SeriesEvidence } from '../ui/evidence/chart-data.ts'
import { formatQuantity, plural } from '../ui/figures.ts'
import { readProblem } from '../ui/problem.ts'
import { serviceAddress } from './hit-address.ts'
import { lineFigures } from './shown-lines.ts'
import { followsNow } from './time-range.ts'
import type { AddressedView } from './use-view-address.ts'

export interface CardMeasure {
  ref: string
  title: string
  unit: string
}

/** Each is a question to a source: not all at once. */
const atOnce = 12

export function MeasureCards({ measures, view }: { measures: readonly CardMeasure[]; view: AddressedView }) {
  const [shown, setShown] = useState(atOnce)
  const left = measures.length - shown
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2 2xl:grid-cols-3">
        {measures.slice(0, shown).map((measure) => (
          <MeasureCard key={measure.ref} measure={measure} view={view} />
        ))}
      </div>
      {left > 0 && (
        <div className="mt-3 flex justify-center">
          <Button onClick={() => setShown(shown + atOnce)}>
            Show {plural(Math.min(left, atOnce), 'more measure')}
          </Button>
        </div>
      )}
    </>
  )
}

const height = 96

function MeasureCard({ measure, view }: { measure: CardMeasure; view: AddressedView }) {
  const api = useApi()
  const { span, stepSeconds, range } = view
  const [readout, setReadout] = useState<Readout | null>(null)
  const answer = useQuery(
    api.data.query.queryOptions(
      { measure: measure.ref, ...span, stepSeconds, ...(followsNow(range) ? {} : { asOf: span.to }) },
      { placeholderData: keepPreviousData, refetchInterval: followsNow(range) ? 60_000 : false },
    ),
  )
  const points = answer.data?.series[0]?.points
  const evidence = useMemo(
    (): SeriesEvidence => ({
      kind: 'series',
      id: measure.ref,
      title: measure.title,
      unit: measure.unit,
      series: [{ name: measure.title, points: points ?? [] }],
    }),
    [measure, points],
  )
  const figures = lineFigures(points ?? [])
  const value = readout ? readout.values[0] : (points?.findLast(([, one]) => one !== null)?.[1] ?? null)
  const address = `${serviceAddress(measure.ref)}?${new URLSearchParams({ from: range.from, to: range.to })}`
  return (
    <section
      aria-label={measure.title}
      className="min-w-0 rounded-xl border border-line bg-panel px-3 pt-2 pb-1 shadow-rest"
    >
      <div className="flex items-baseline gap-2">
        <Link href={address} className="min-w-0 truncate font-semibold hover:underline">
          {measure.title}
        </Link>
        {points && <span className="figures ml-auto shrink-0 text-second">{formatQuantity(value, measure.unit)}</span>}
      </div>
      {answer.data ? (
        figures.mean === null ? (
          <Note>No data in this time</Note>
        ) : (
          <>
            <span className="sr-only">
              mean {formatQuantity(figures.mean, measure.unit)}, highest {formatQuantity(figures.highest, measure.unit)}
            </span>
            <ChartCanvas
              evidence={evidence}
              group="entity"
              height={height}
              range={[span.from, span.to]}
              onReadout={setReadout}
            />
          </>
        )
      ) : answer.isError ? (
        <Note>{readProblem(answer.error).message}</Note>
      ) : (
        <div style={{ height: height + 8 }} className="animate-[breathe_1.6s_ease-in-out_infinite]">
          <span className="sr-only">Loading {measure.title}</span>
        </div>
      )}
    </section>
  )
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <p
      style={{ height: height - 4 }}
      className="my-2 flex items-center justify-center overflow-hidden rounded-md border border-dashed border-inconclusive/50 px-2 text-center text-sm text-inconclusive"
    >
      {children}
    </p>
  )
}
