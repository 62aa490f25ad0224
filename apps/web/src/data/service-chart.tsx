'use client'
/** A measure over time: chart, table and the query behind it, with its quality stated. */
import { useMemo, useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type Outputs, useApi } from '../ui/api.tsx'
import { QueryList } from '../ui/evidence/query-list.tsx'
import { SeriesTable } from '../ui/evidence/series-table.tsx'
import type { SeriesEvidence } from '../ui/evidence/chart-data.ts'
import { Panel } from '../ui/panel.tsx'
import { ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Time } from '../ui/time.tsx'
import { FilterBar, type KnownDimension } from './filter-bar.tsx'
import { QualityLine } from './quality-line.tsx'
import { RangePicker } from './range-picker.tsx'
import { SelectedTime } from './selected-time-bar.tsx'
import { SeriesExplorer } from './series-explorer.tsx'
import { type HiddenLines, highestLines } from './shown-lines.ts'
import { fixedRange, followsNow } from './time-range.ts'
import { type AddressedView, useViewAddress } from './use-view-address.ts'
import { lineName } from './view-address.ts'

type Answer = Outputs['data']['query']
type ShownLine = Answer['series'][number]

/** More lines than these are a carpet; the answer keeps them all, and the chart says so. */
const mostLines = 50

/** What is on the chart now, for what is done with it: freezing, computing. */
export interface ShownChart {
  view: AddressedView
  lines: ShownLine[]
  /** How many the answer has. */
  total: number
}

export interface ServiceChartProps {
  measure: string
  title: string
  dimensions: readonly KnownDimension[]
  /** Buttons on what is shown. */
  tools?: (shown: ShownChart) => React.ReactNode
}

export function ServiceChart({ measure, title, dimensions, tools }: ServiceChartProps) {
  const api = useApi()
  const view = useViewAddress()
  const { range, span, stepSeconds, where, groupBy, unreadable } = view
  const answer = useQuery(
    api.data.query.queryOptions(
      // Of a fixed time in the past the newest point is judged as it was then.
      { measure, where, groupBy, ...span, stepSeconds, ...(followsNow(range) ? {} : { asOf: span.to }) },
      { placeholderData: keepPreviousData, refetchInterval: followsNow(range) ? 30_000 : false },
    ),
  )
  return (
    <Panel
      title={title}
      aside={<RangePicker range={range} span={span} onChange={(next) => view.change({ range: next })} />}
    >
      {unreadable && (
        <p className="mb-2 text-sm text-inconclusive">
          The time range of this address cannot be read: the last hour is shown.
        </p>
      )}
      <FilterBar measure={measure} dimensions={dimensions} view={view} />
      {answer.isPending ? (
        <div className="min-h-80">
          <LoadingRows rows={6} label="Loading the series" />
        </div>
      ) : answer.data ? (
        <>
          {answer.isError && (
            <div className="-mx-4 mt-2">
              <StaleBanner retry={() => void answer.refetch()}>
                The source does not answer now; shown as of <Time at={answer.dataUpdatedAt} />.
              </StaleBanner>
            </div>
          )}
          <Answered
            key={JSON.stringify([where, groupBy])}
            answer={answer.data}
            title={title}
            view={view}
            tools={tools}
          />
        </>
      ) : (
        <ErrorState
          what="The series could not be loaded"
          error={answer.error}
          retry={() => void answer.refetch()}
          className="px-0"
        />
      )}
    </Panel>
  )
}

function Answered({
  answer,
  title,
  view,
  tools,
}: Pick<ServiceChartProps, 'title' | 'tools'> & { answer: Answer; view: AddressedView }) {
  const [hidden, setHidden] = useState<HiddenLines>(new Set())
  const [tab, setTab] = useState<'table' | 'query'>('table')
  const lines = useMemo(() => highestLines(answer.series, mostLines), [answer.series])
  const evidence = useMemo(
    (): SeriesEvidence => ({
      kind: 'series',
      id: answer.measure,
      title,
      unit: answer.unit,
      series: lines.map(({ dimensions, points }) => ({ name: lineName(dimensions, title), points })),
      queries: [answer.query],
    }),
    [answer, lines, title],
  )
  const shownLines = lines.filter((_line, index) => !hidden.has(index))
  return (
    <>
      <SeriesExplorer
        evidence={evidence}
        span={view.span}
        hidden={hidden}
        onHide={setHidden}
        onRange={(from, to) => view.change({ range: fixedRange({ from, to }) })}
      />
      {!followsNow(view.range) && <SelectedTime measure={answer.measure} view={view} lines={shownLines} />}
      {answer.series.length > mostLines && (
        <p className="mt-1 text-sm text-second">
          The {mostLines} highest of {answer.series.length.toLocaleString('en-GB')} lines. Filter to see others.
        </p>
      )}
      <QualityLine quality={answer.quality} stepSeconds={answer.query.stepSeconds} />
      {tools && (
        <div className="mt-3 flex flex-wrap gap-2">
          {tools({ view, lines: shownLines, total: answer.series.length })}
        </div>
      )}
      <Tabs
        label="Behind the chart"
        className="mt-4"
        value={tab}
        onChange={setTab}
        items={[
          {
            value: 'table',
            label: 'Table',
            content: (
              <SeriesTable
                evidence={{ ...evidence, series: evidence.series.filter((_line, index) => !hidden.has(index)) }}
                height={260}
              />
            ),
          },
          { value: 'query', label: 'Query', content: <QueryList queries={[answer.query]} /> },
        ]}
      />
    </>
  )
}
