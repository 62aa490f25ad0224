'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi, type Outputs } from '../ui/api.tsx'
import { plural } from '../ui/figures.ts'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows, StaleBanner } from '../ui/states.tsx'
import { Panel } from '../ui/panel.tsx'
import { Time } from '../ui/time.tsx'
import { ChainTable } from './chain-table.tsx'
import { HeadlinePanel } from './headline-panel.tsx'
import { ChangesPanel, InEffectPanel, RunsPanel, WaitingPanel } from './side-panels.tsx'

export type NowData = Outputs['now']['get']

/** Judged anew so often while the page is looked at. */
const refetchMs = 10_000
/** Older than this, what the page says is no longer about now. */
const staleMs = 45_000

/** Home: what is wrong now, and what goes on. */
export function NowPage() {
  const api = useApi()
  const now = useQuery(api.now.get.queryOptions(undefined, { refetchInterval: refetchMs }))
  const { data } = now
  const old = data?.judgedAt && now.isError && now.errorUpdatedAt - Date.parse(data.judgedAt) > staleMs
  return (
    <Shell crumbs={[{ title: 'Now' }]}>
      {old && (
        <StaleBanner retry={() => void now.refetch()}>
          Judged <Time at={data.judgedAt ?? data.at} show="relative" />: newer figures could not be had.
        </StaleBanner>
      )}
      {!data && now.isError ? (
        <Panel>
          <ErrorState
            what="What is going on could not be loaded"
            error={now.error}
            retry={() => void now.refetch()}
            className="px-0"
          />
        </Panel>
      ) : (
        <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_340px]">
          <div className="min-w-0 space-y-4">
            {data ? (
              <>
                <HeadlinePanel data={data} />
                <Figures data={data} />
                <ChainTable chains={data.chains} />
              </>
            ) : (
              <Panel>
                <LoadingRows rows={6} label="Judging the business chains" />
              </Panel>
            )}
          </div>
          <div className="min-w-0 space-y-4">
            {data && (
              <>
                <WaitingPanel approvals={data.approvals} />
                <InEffectPanel actions={data.inEffect} />
                <ChangesPanel changes={data.changes} />
                <RunsPanel runs={data.runs} />
              </>
            )}
          </div>
        </div>
      )}
    </Shell>
  )
}

function Figures({ data }: { data: NowData }) {
  const normal = data.chains.filter(({ verdict }) => verdict.value === 'normal').length
  const unjudged = data.chains.filter(({ verdict }) => verdict.value === 'inconclusive').length
  const figures = [
    {
      label: 'Chains normal',
      value: String(normal),
      note: `of ${data.chains.length}${unjudged > 0 ? `, ${unjudged} not judged` : ''}`,
    },
    {
      label: 'Waiting for approval',
      value: String(data.approvals.length),
      note: data.approvals.length === 0 ? 'nobody is asked' : plural(data.approvals.length, 'decision'),
    },
    { label: 'Changes, 24 h', value: String(data.changes.length), note: data.changes.length >= 20 ? 'or more' : '' },
    {
      label: 'Actions in effect',
      value: String(data.inEffect.length),
      note: data.writesStopped ? 'all writes are stopped' : '',
    },
  ]
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {figures.map(({ label, value, note }) => (
        <div key={label} className="rounded-xl border border-line bg-panel px-4 py-3 shadow-rest">
          <dt className="text-sm text-third">{label}</dt>
          <dd className="mt-0.5 flex items-baseline gap-2">
            <span className="figures text-2xl font-bold">{value}</span>
            <span className="truncate text-sm font-medium text-second">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
