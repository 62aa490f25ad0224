'use client'
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Activity, Plus } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { BreakerRow } from './breaker-row.tsx'
import { type Breaker, inOrder, type Reading } from './breaker-words.ts'
import { StartBreaker } from './start-breaker.tsx'
import { WatchedActions } from './watched-actions.tsx'

/** Values change by themselves; the rest is told as it happens. */
const againMilliseconds = 5_000
/** Of those that are over, so many stand here until the rest is asked for. */
const firstOver = 5

/** What is watched now: actions in effect by their bounds, load tests and drills by breakers of their own. */
export function BreakersPage() {
  const api = useApi()
  const { lacks } = useSession()
  const watched = useQuery(api.breakers.watched.queryOptions(undefined, { refetchInterval: againMilliseconds }))
  const breakers = useQuery(api.breakers.list.queryOptions(undefined, { refetchInterval: againMilliseconds }))
  const [starting, setStarting] = useState(false)
  const old = (watched.isError && watched.data) || (breakers.isError && breakers.data)
  const reload = (): void => {
    void watched.refetch()
    void breakers.refetch()
  }
  return (
    <Shell crumbs={[{ title: 'Actions', href: '/actions' }, { title: 'Breakers' }]} width="narrow">
      <div className="space-y-4">
        {old && <StaleBanner retry={reload}>What you see is old: it could not be asked again.</StaleBanner>}
        <p className="text-second text-pretty">
          A measure that breaks its bound, or has no value for longer than its grace, trips the breaker. Workers look
          each second.
        </p>
        <Panel title="Actions in effect" aside="put back on a breach" flush>
          {watched.data ? (
            <WatchedActions {...watched.data} />
          ) : watched.isError ? (
            <ErrorState
              what="The bounds of actions could not be loaded"
              error={watched.error}
              retry={() => void watched.refetch()}
            />
          ) : (
            <LoadingRows rows={2} label="Loading the bounds of actions" />
          )}
        </Panel>
        <Panel
          title="Load tests and drills"
          badge={<WatchingCount breakers={breakers.data ?? []} />}
          aside={
            <Button
              size="small"
              icon={<Plus aria-hidden className="size-3.5" />}
              disabledReason={lacks('operator')}
              onClick={() => setStarting(true)}
            >
              Start breaker
            </Button>
          }
          flush
        >
          {breakers.data ? (
            breakers.data.length === 0 ? (
              <EmptyState icon={<Activity aria-hidden />} title="No breaker" className="py-8">
                Start one before a load test or a drill: it watches measures, and does what you say when one breaks its
                bound.
              </EmptyState>
            ) : (
              <BreakerRows breakers={breakers.data} readings={watched.data?.readings ?? []} />
            )
          ) : breakers.isError ? (
            <ErrorState
              what="The breakers could not be loaded"
              error={breakers.error}
              retry={() => void breakers.refetch()}
            />
          ) : (
            <LoadingRows rows={3} label="Loading breakers" />
          )}
        </Panel>
      </div>
      {starting && <StartBreaker close={() => setStarting(false)} />}
    </Shell>
  )
}

function WatchingCount({ breakers }: { breakers: readonly Breaker[] }) {
  const count = breakers.filter(({ state }) => state === 'watching').length
  return count === 0 ? null : <Badge tone="running">{count} watching</Badge>
}

function BreakerRows({ breakers, readings }: { breakers: readonly Breaker[]; readings: readonly Reading[] }) {
  const [all, setAll] = useState(false)
  const sorted = inOrder(breakers)
  const first = sorted.filter(({ state }) => state === 'watching').length + firstOver
  const shown = all ? sorted : sorted.slice(0, first)
  return (
    <>
      <Rows>
        {shown.map((breaker) => (
          <BreakerRow key={breaker.id} breaker={breaker} readings={readings} />
        ))}
      </Rows>
      {shown.length < sorted.length && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" variant="ghost" onClick={() => setAll(true)}>
            Show {sorted.length - shown.length} older
          </Button>
        </div>
      )}
    </>
  )
}
