'use client'
import { useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowLeftRight } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
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
                  {['change', 'kind', 'what it touched', 'began', 'lasted', 'by'].map((head) => (
                    <th key={head} scope="col" className="px-4 py-1.5 font-normal">
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
                    </th>
                    <td className="px-4 py-2">
                      <Badge shape={false}>{kind}</Badge>
                    </td>
                    <td className="px-4 py-2 text-second">
                      {[scope.entity, scope.zone && `zone ${scope.zone}`, scope.version, scope.hosts?.join(', ')]
                        .filter(Boolean)
                        .join(' · ') || 'not said'}
                    </td>
                    <td className="px-4 py-2 whitespace-nowrap text-second">
                      <Time at={startedAt} />
                    </td>
                    <td className="px-4 py-2 whitespace-nowrap text-second">
                      {endedAt ? <Elapsed from={startedAt} to={endedAt} /> : 'end not said'}
                    </td>
                    <td className="px-4 py-2 text-second">{author ? personName(author) : '–'}</td>
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
