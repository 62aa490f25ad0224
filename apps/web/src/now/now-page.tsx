'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { Panel } from '../ui/panel.tsx'
import { Time } from '../ui/time.tsx'
import { AlertsPanel } from './alerts-panel.tsx'
import { ChainTable } from './chain-table.tsx'
import { HeadlinePanel } from './headline-panel.tsx'
import { NowFigures } from './now-figures.tsx'
import { ChangesPanel, InEffectPanel, RunsPanel, WaitingPanel } from './side-panels.tsx'

/** Judged anew so often while the page is looked at. */
const refetchMs = 10_000
/** Older than this, what the page says is no longer about now. */
const staleMs = 45_000

/** Home: what is wrong now, and what goes on. Judging takes seconds, so neither waits for the other. */
export function NowPage() {
  const api = useApi()
  const now = useQuery(api.now.get.queryOptions(undefined, { refetchInterval: refetchMs }))
  const judged = useQuery(api.now.chains.queryOptions(undefined, { refetchInterval: refetchMs }))
  const { judgedAt } = judged.data ?? {}
  const old = judgedAt && judged.isError && judged.errorUpdatedAt - Date.parse(judgedAt) > staleMs
  return (
    <Shell crumbs={[{ title: 'Now' }]}>
      {old && (
        <StaleBanner retry={() => void judged.refetch()}>
          Judged <Time at={judgedAt} show="relative" />: newer figures could not be had.
        </StaleBanner>
      )}
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_340px]">
        <div className="min-w-0 space-y-4">
          {judged.data ? (
            <HeadlinePanel judged={judged.data} changes={now.data?.changes ?? []} />
          ) : (
            <Panel flush={judged.isPending}>
              {judged.isError ? (
                <ErrorState
                  what="The business chains could not be judged"
                  error={judged.error}
                  retry={() => void judged.refetch()}
                  className="px-0"
                />
              ) : (
                <LoadingRows rows={2} label="Judging the business chains" />
              )}
            </Panel>
          )}
          <NowFigures chains={judged.data?.chains ?? null} now={now.data ?? null} />
          {judged.data ? (
            <ChainTable chains={judged.data.chains} />
          ) : (
            judged.isPending && (
              <Panel title="Business chains" flush>
                <LoadingRows rows={4} label="Judging the business chains" />
              </Panel>
            )
          )}
          <AlertsPanel />
        </div>
        <div className="min-w-0 space-y-4">
          {now.data ? (
            <>
              <WaitingPanel approvals={now.data.approvals} />
              <InEffectPanel actions={now.data.inEffect} />
              <ChangesPanel changes={now.data.changes} />
              <RunsPanel runs={now.data.runs} waiting={new Set(now.data.approvals.map(({ runId }) => runId))} />
            </>
          ) : (
            <Panel flush>
              {now.isError ? (
                <ErrorState
                  what="What goes on could not be loaded"
                  error={now.error}
                  retry={() => void now.refetch()}
                />
              ) : (
                <LoadingRows rows={5} label="Loading what goes on" />
              )}
            </Panel>
          )}
        </div>
      </div>
    </Shell>
  )
}
