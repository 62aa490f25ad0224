'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { CalendarClock } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Environment, LastRun, PausedNote, TriggerButtons } from './trigger-parts.tsx'
import { keyOf, type TriggerRow } from './trigger-row.ts'

/** When runbooks run by themselves: the next five times of each, how the last one went, and who stopped it and why. */
export function Schedules() {
  const api = useApi()
  const schedules = useQuery(api.triggers.list.queryOptions({ kind: 'schedule' }, { refetchInterval: 30_000 }))
  return (
    <Panel className="mt-4" title="Schedules" flush>
      {schedules.isPending ? (
        <LoadingRows rows={4} label="Loading schedules" />
      ) : schedules.isError ? (
        <ErrorState
          what="The schedules could not be loaded"
          error={schedules.error}
          retry={() => void schedules.refetch()}
        />
      ) : schedules.data.length === 0 ? (
        <EmptyState
          icon={<CalendarClock aria-hidden />}
          title="Nothing runs by the clock"
          action={<ButtonLink href="/runbooks">Open a runbook</ButtonLink>}
        >
          Give a runbook a trigger of kind <code className="font-mono">schedule</code> and publish it. Its next times
          are shown here.
        </EmptyState>
      ) : (
        <Rows>
          {schedules.data.map((row) => (
            <Schedule key={keyOf(row)} row={row} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

function Schedule({ row }: { row: TriggerRow }) {
  const { runbook, name, summary, next, notice, paused } = row
  return (
    <li
      className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3"
      data-testid={`schedule-${runbook.name}-${name}`}
    >
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <Link href={`/runbooks/${runbook.name}`} className="font-semibold hover:underline">
            {runbook.title}
          </Link>
          <span className="text-second">{name}</span>
          <Environment name={row.environment} />
          {paused && <Badge tone="warning">paused</Badge>}
        </p>
        <p className="font-mono text-sm text-second">{summary}</p>
        <PausedNote row={row} />
        {notice && <p className="text-sm text-inconclusive">{notice}</p>}
      </div>
      <div className="min-w-0 basis-80">
        {paused ? (
          <p className="text-third">does not fire while it is paused</p>
        ) : (
          <ol aria-label="Next times" className="flex flex-wrap gap-x-3 gap-y-0.5 text-second">
            {next.map((at, index) => (
              <li key={at} className={index === 0 ? 'font-medium text-ink' : undefined}>
                <Time at={at} />
              </li>
            ))}
            {next.length === 0 && <li className="text-third">never comes again</li>}
          </ol>
        )}
        <LastRun row={row} />
      </div>
      <TriggerButtons row={row} />
    </li>
  )
}
