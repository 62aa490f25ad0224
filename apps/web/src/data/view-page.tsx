'use client'
/** A frozen view: chosen series as they were, with how far they can be trusted and the queries that gave them. */
import { useMemo, useState } from 'react'
import Link from 'next/link'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Download, Link2 } from 'lucide-react'
import { type Outputs, useApi, useApiClient } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { QueryList } from '../ui/evidence/query-list.tsx'
import { SeriesTable } from '../ui/evidence/series-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { Time } from '../ui/time.tsx'
import { copyText } from '../ui/copy-text.ts'
import { DataShell } from './data-shell.tsx'
import { downloadJson } from './download-json.ts'
import { frozenEvidence, frozenQueries, whereWords } from './frozen-evidence.ts'
import { serviceAddress } from './hit-address.ts'
import { QualityLine } from './quality-line.tsx'
import { SeriesExplorer } from './series-explorer.tsx'
import type { HiddenLines } from './shown-lines.ts'
import { fixedRange, type Span } from './time-range.ts'
import { writeAddress } from './view-address.ts'

type View = Outputs['views']['get']
type Frozen = View['series'][number]

export function ViewPage({ id }: { id: string }) {
  const api = useApi()
  // It never changes: one answer is for good.
  const view = useQuery(api.views.get.queryOptions({ id }, { staleTime: Infinity }))
  const title = view.data?.title ?? 'View'
  return (
    <DataShell
      crumbs={[{ title: 'Views', href: '/data/views' }, { title }]}
      state={view.data && <Badge tone="neutral">frozen</Badge>}
      actions={view.data && <Actions view={view.data} />}
    >
      {view.data ? (
        <Found view={view.data} />
      ) : view.isError ? (
        <Panel>
          <ErrorState
            what="The view could not be opened"
            error={view.error}
            retry={() => void view.refetch()}
            className="px-0"
          />
          <ButtonLink href="/data/views">All views</ButtonLink>
        </Panel>
      ) : (
        <LoadingRows rows={8} label="Loading the view" />
      )}
    </DataShell>
  )
}

function Actions({ view: { id, title, link } }: { view: View }) {
  const client = useApiClient()
  const grafana = useMutation({
    mutationFn: () => client.views.grafana.query({ id }),
    onSuccess: (dashboard) => downloadJson(title, dashboard),
    onError: reportProblem('The dashboard could not be made'),
  })
  return (
    <>
      <Button
        icon={<Link2 aria-hidden className="size-3.5" />}
        className="max-sm:w-8 max-sm:px-0!"
        onClick={() => copyText(link, 'Link copied')}
      >
        <span className="max-sm:sr-only">Copy link</span>
      </Button>
      <Button
        icon={<Download aria-hidden className="size-3.5" />}
        className="max-sm:w-8 max-sm:px-0!"
        busy={grafana.isPending}
        onClick={() => grafana.mutate()}
      >
        <span className="max-sm:sr-only">Grafana</span>
      </Button>
    </>
  )
}

function Found({ view }: { view: View }) {
  const span = { from: Date.parse(view.from), to: Date.parse(view.to) }
  return (
    <>
      <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-second">
        <span>
          <Time at={view.from} /> to <Time at={view.to} />, a point each {formatDuration(view.stepSeconds * 1000)}
        </span>
        <span>
          frozen by {personName(view.createdBy)}, <Time at={view.createdAt} />
        </span>
        <span>
          ends <Time at={view.expiresAt} show="relative" />
        </span>
      </p>
      <div className={view.series.length > 1 ? 'grid gap-4 xl:grid-cols-2' : undefined}>
        {view.series.map((frozen, index) => (
          // One measure may be there with several filters; their places never change.
          // oxlint-disable-next-line react/no-array-index-key
          <FrozenMeasure key={index} frozen={frozen} view={view} span={span} alone={view.series.length === 1} />
        ))}
      </div>
    </>
  )
}

interface FrozenMeasureProps {
  frozen: Frozen
  view: View
  span: Span
  alone: boolean
}

function FrozenMeasure({ frozen, view, span, alone }: FrozenMeasureProps) {
  const [hidden, setHidden] = useState<HiddenLines>(new Set())
  const [tab, setTab] = useState<'chart' | 'table' | 'query'>('chart')
  const evidence = useMemo(() => frozenEvidence(frozen), [frozen])
  const filtered = whereWords(frozen.where)
  return (
    <Panel
      title={frozen.title}
      aside={
        <Link href={liveAddress(frozen, span)} className="text-accent hover:underline">
          Open live
        </Link>
      }
    >
      {filtered && <p className="text-sm text-third">{filtered}</p>}
      <Tabs
        label={frozen.title}
        value={tab}
        onChange={setTab}
        items={[
          {
            value: 'chart',
            label: 'Chart',
            content: (
              <SeriesExplorer
                evidence={evidence}
                span={span}
                hidden={hidden}
                onHide={setHidden}
                height={alone ? 320 : 200}
              />
            ),
          },
          { value: 'table', label: 'Table', content: <SeriesTable evidence={evidence} height={alone ? 380 : 260} /> },
          { value: 'query', label: 'Query', content: <QueryList queries={frozenQueries(frozen.query, view)} /> },
        ]}
      />
      <QualityLine quality={frozen.quality} stepSeconds={view.stepSeconds} />
    </Panel>
  )
}

/** The same measure, filter and time, as the source says it now. */
function liveAddress({ measure, where, groupBy }: Frozen, span: Span): string {
  const lists = Object.fromEntries(
    Object.entries(where).map(([dimension, value]) => [dimension, Array.isArray(value) ? value : [value]]),
  )
  return `${serviceAddress(measure)}?${writeAddress({ range: fixedRange(span), where: lists, groupBy })}`
}
