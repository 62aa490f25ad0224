'use client'
import { useState } from 'react'
import Link from 'next/link'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useApi, useApiClient } from '../ui/api.tsx'
import { StateMark } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { runTone, runWord } from '../ui/run-words.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Elapsed, Time } from '../ui/time.tsx'

const pageSize = 50
const statuses = ['any', 'running', 'succeeded', 'failed', 'cancelled', 'timed-out'] as const
type Status = (typeof statuses)[number]

export function RunsPage() {
  const api = useApi()
  const [name, setName] = useState('any')
  const [status, setStatus] = useState<Status>('any')
  const runbooks = useQuery(api.runbooks.list.queryOptions())
  const filter = { ...(name === 'any' ? {} : { name }), ...(status === 'any' ? {} : { status }), limit: pageSize }
  const client = useApiClient()
  const runs = useInfiniteQuery({
    queryKey: [...api.runs.list.pathKey(), 'pages', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      client.runs.list.query({ ...filter, ...(pageParam ? { before: pageParam } : {}) }, { signal }),
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.startedAt),
  })
  const rows = runs.data?.pages.flat() ?? []
  const filtered = name !== 'any' || status !== 'any'
  return (
    <Shell crumbs={[{ title: 'Runs' }]}>
      <Panel
        title="Runs"
        aside={
          <>
            <Select
              aria-label="Runbook"
              className="w-44"
              value={name}
              onChange={setName}
              options={[
                { value: 'any', label: 'All runbooks' },
                ...(runbooks.data ?? []).map((one) => ({ value: one.name, label: one.title })),
              ]}
            />
            <Select
              aria-label="State"
              className="w-32"
              value={status}
              onChange={setStatus}
              options={statuses.map((value) => ({ value, label: value === 'any' ? 'Any state' : value }))}
            />
          </>
        }
        flush
      >
        {runs.isPending ? (
          <LoadingRows rows={8} label="Loading runs" />
        ) : runs.isError ? (
          <ErrorState what="The runs could not be loaded" error={runs.error} retry={() => void runs.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={<Play aria-hidden />}
            title={filtered ? 'No such run' : 'Nothing ran yet'}
            action={<ButtonLink href="/">Go to Now</ButtonLink>}
          >
            {filtered
              ? 'Choose another runbook or state.'
              : 'Press Diagnose on Now, run a runbook from its editor, or start one over the API.'}
          </EmptyState>
        ) : (
          <div className="mt-1 overflow-x-auto border-t border-line">
            <table className="w-full text-base">
              <thead>
                <tr className="text-left text-sm text-third">
                  <th scope="col" className="px-4 py-1.5 font-normal">
                    run
                  </th>
                  <th scope="col" className="px-4 py-1.5 font-normal">
                    conclusion
                  </th>
                  <th scope="col" className="px-4 py-1.5 font-normal max-md:hidden">
                    by
                  </th>
                  <th scope="col" className="px-4 py-1.5 font-normal">
                    began
                  </th>
                  <th scope="col" className="px-4 py-1.5 text-right font-normal max-sm:hidden">
                    took
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((run) => (
                  <tr key={run.id} className="border-t border-line hover:bg-hover">
                    <td className="px-4 py-2 whitespace-nowrap">
                      <Link href={`/runs/${run.id}`} className="flex items-center gap-2 font-semibold hover:underline">
                        <StateMark tone={runTone(run)} label={runWord(run)} />
                        {run.runbook.title}
                      </Link>
                    </td>
                    <td className="max-w-[60ch] px-4 py-2 text-second">
                      <span className="line-clamp-1">
                        {run.conclusion ?? (run.status === 'running' ? 'running' : runWord(run))}
                      </span>
                    </td>
                    <td className="px-4 py-2 text-second max-md:hidden">{personName(run.requestedBy)}</td>
                    <td className="px-4 py-2 whitespace-nowrap text-second">
                      <Time at={run.startedAt} />
                    </td>
                    <td className="px-4 py-2 text-right text-second max-sm:hidden">
                      <Elapsed from={run.startedAt} to={run.endedAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {runs.hasNextPage && (
              <div className="flex justify-center border-t border-line py-3">
                <Button busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
                  Show older runs
                </Button>
              </div>
            )}
          </div>
        )}
      </Panel>
    </Shell>
  )
}
