'use client'
import { useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowLeftRight } from 'lucide-react'
import { type Outputs, useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { classNames } from '../ui/class-names.ts'
import { Select } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Elapsed, Time } from '../ui/time.tsx'

const spans = [
  { value: '6', label: 'Last 6 hours' },
  { value: '24', label: 'Last 24 hours' },
  { value: '168', label: 'Last 7 days' },
] as const
type Span = (typeof spans)[number]['value']

/** `wide`: only where there is room; a phone says it under the title or not at all. */
const columns = [
  { head: 'change', wide: false },
  { head: 'kind', wide: true },
  { head: 'what it touched', wide: true },
  { head: 'began', wide: false },
  { head: 'lasted', wide: true },
  { head: 'by', wide: true },
]

/** The end of the asked time moves on in steps, so that the same question is not a new one each second. */
const stepMs = 60_000

export function ChangesPage() {
  const api = useApi()
  const [span, setSpan] = useState<Span>('24')
  const end = Math.ceil(useNow() / stepMs) * stepMs + 24 * 3_600_000
  const from = new Date(end - 24 * 3_600_000 - Number(span) * 3_600_000).toISOString()
  const changes = useQuery(
    api.changes.list.queryOptions(
      { from, to: new Date(end).toISOString() },
      { placeholderData: keepPreviousData, refetchInterval: 30_000 },
    ),
  )
  return (
    <Shell crumbs={[{ title: 'Changes' }]}>
      <Panel
        title="Changes"
        aside={<Select<Span> aria-label="Time" className="w-36" value={span} onChange={setSpan} options={[...spans]} />}
        flush
      >
        {changes.isPending ? (
          <LoadingRows rows={6} label="Loading changes" />
        ) : changes.isError ? (
          <ErrorState
            what="The changes could not be loaded"
            error={changes.error}
            retry={() => void changes.refetch()}
          />
        ) : changes.data.length === 0 ? (
          <EmptyState icon={<ArrowLeftRight aria-hidden />} title="No change was reported">
            Let your deploy system post to <code className="font-mono">/api/v1/changes</code>. Diagnoses then name the
            change that did it, or rule it out.
          </EmptyState>
        ) : (
          <div className="mt-1 overflow-x-auto border-t border-line">
            <table className="w-full text-base">
              <thead>
                <tr className="text-left text-sm text-third">
                  {columns.map(({ head, wide }) => (
                    <th
                      key={head}
                      scope="col"
                      className={classNames('px-4 py-1.5 font-normal', wide && 'max-md:hidden')}
                    >
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {changes.data.map(({ id, title, kind, scope, startedAt, endedAt, author }) => (
                  <tr key={id} className="border-t border-line">
                    <th scope="row" className="px-4 py-2 text-left font-normal">
                      <b className="font-semibold">{id}</b> {title}
                      <p className="text-sm text-second md:hidden">
                        {kind} · {touched(scope)}
                      </p>
                    </th>
                    <td className="px-4 py-2 max-md:hidden">
                      <Badge shape={false}>{kind}</Badge>
                    </td>
                    <td className="px-4 py-2 text-second max-md:hidden">{touched(scope)}</td>
                    <td className="px-4 py-2 whitespace-nowrap text-second">
                      <Time at={startedAt} />
                    </td>
                    <td className="px-4 py-2 whitespace-nowrap text-second max-md:hidden">
                      {endedAt ? <Elapsed from={startedAt} to={endedAt} /> : 'end not said'}
                    </td>
                    <td className="px-4 py-2 text-second max-md:hidden">{author ? personName(author) : '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
    </Shell>
  )
}

function touched({ entity, zone, version, hosts }: Outputs['changes']['list'][number]['scope']): string {
  const parts = [entity, zone && `zone ${zone}`, version, hosts?.join(', ')].filter(Boolean)
  return parts.length > 0 ? parts.join(' · ') : 'not said'
}
