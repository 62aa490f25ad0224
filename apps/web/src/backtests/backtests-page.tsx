'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { backtestTone } from './backtest-words.ts'
import { StartBacktest } from './start-backtest.tsx'

/** The backtests of a runbook, newest first, and a new one. */
export function BacktestsPage({ name }: { name: string }) {
  const api = useApi()
  const runbook = useQuery(api.runbooks.get.queryOptions({ name }))
  const backtests = useQuery(
    api.backtests.list.queryOptions(
      { runbook: name },
      { refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'running') ? 3_000 : false) },
    ),
  )
  const failed = runbook.isError ? runbook : backtests.isError ? backtests : null
  return (
    <Shell
      crumbs={[
        { title: 'Runbooks', href: '/runbooks' },
        { title: runbook.data?.title ?? name, href: `/runbooks/${name}` },
        { title: 'Backtests' },
      ]}
    >
      <div className="space-y-4">
        {runbook.data && <StartBacktest name={name} published={runbook.data.publishedVersion !== null} />}
        <Panel title="Backtests" flush>
          {failed ? (
            <ErrorState
              what="The backtests could not be loaded"
              error={failed.error}
              retry={() => void failed.refetch()}
            />
          ) : !backtests.data ? (
            <LoadingRows rows={4} label="Loading backtests" />
          ) : backtests.data.length === 0 ? (
            <EmptyState icon={<History aria-hidden />} title="No backtest yet">
              A backtest runs this runbook over moments of the past. Label the moments, and it says how often the
              runbook is right: before it goes live, and again for every change.
            </EmptyState>
          ) : (
            <Rows>
              {backtests.data.map(({ id, title, version, status, requestedBy, startedAt }) => (
                <li key={id} className="flex items-center gap-3 px-4 py-2.5">
                  <Badge tone={backtestTone(status)}>{status}</Badge>
                  <Link
                    href={`/runbooks/${name}/backtests/${id}`}
                    className="min-w-0 truncate font-medium hover:underline"
                  >
                    {title}
                  </Link>
                  <span className="text-second">{version === null ? 'draft' : `v${version}`}</span>
                  <span className="ml-auto shrink-0 text-sm text-third max-sm:hidden">
                    <Time at={startedAt} show="relative" /> · {personName(requestedBy)}
                  </span>
                </li>
              ))}
            </Rows>
          )}
        </Panel>
      </div>
    </Shell>
  )
}
