'use client'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { Facts, Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Elapsed, Time } from '../ui/time.tsx'
import { type Backtest, backtestTone, type CaseFilter, casesShown, milliseconds, percent } from './backtest-words.ts'
import { CaseTable } from './case-table.tsx'
import { ConfusionMatrix } from './confusion-matrix.tsx'

/** One backtest: how far it is, how often it was right, and each case. */
export function BacktestPage({ name, id }: { name: string; id: string }) {
  const api = useApi()
  const backtest = useQuery(
    api.backtests.get.queryOptions(
      { id },
      { refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1_500 : false) },
    ),
  )
  const crumbs = [
    { title: 'Runbooks', href: '/runbooks' },
    { title: name, href: `/runbooks/${name}` },
    { title: 'Backtests', href: `/runbooks/${name}/backtests` },
  ]
  if (!backtest.data) {
    return (
      <Shell crumbs={[...crumbs, { title: 'Backtest' }]}>
        <Panel flush>
          {backtest.isError ? (
            <ErrorState
              what="The backtest could not be loaded"
              error={backtest.error}
              retry={() => void backtest.refetch()}
            />
          ) : (
            <LoadingRows rows={6} label="Loading the backtest" />
          )}
        </Panel>
      </Shell>
    )
  }
  const { title, status } = backtest.data
  return (
    <Shell
      crumbs={[...crumbs, { title }]}
      state={<Badge tone={backtestTone(status)}>{status}</Badge>}
      actions={status === 'running' && <Cancel id={id} />}
    >
      <Loaded backtest={backtest.data} />
    </Shell>
  )
}

const filters = [
  { value: 'all', label: 'All cases' },
  { value: 'wrong', label: 'Not as labelled' },
  { value: 'abnormal', label: 'Said abnormal' },
  { value: 'failed', label: 'Failed' },
] as const

function Loaded({ backtest }: { backtest: Backtest }) {
  const [filter, setFilter] = useState<CaseFilter>('all')
  const { summary, version, requestedBy, startedAt, endedAt, error } = backtest
  const shown = casesShown(backtest.cases, filter)
  return (
    <div className="space-y-4">
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="How often it was right" edge={backtestTone(backtest.status)}>
          <Progress ended={summary.ended} total={summary.total} />
          {error && (
            <p role="alert" className="mt-2 text-abnormal">
              {error.message}
            </p>
          )}
          <Facts
            className="mt-3"
            items={[
              { label: 'Right', value: `${percent(summary.accuracy)} of ${summary.labelled} labelled` },
              { label: 'Precision', value: `${percent(summary.precision)} of those said to be abnormal` },
              { label: 'Recall', value: `${percent(summary.recall)} of those labelled abnormal` },
              {
                label: 'A case takes',
                value: summary.duration
                  ? `${milliseconds(summary.duration.p50)} (median), ${milliseconds(summary.duration.p95)} (95 of 100)`
                  : '–',
              },
              { label: 'Plan', value: version === null ? 'the draft as it was' : `version ${version}` },
              {
                label: 'Started',
                value: (
                  <>
                    <Time at={startedAt} /> by {personName(requestedBy)}
                    {endedAt && (
                      <>
                        , took <Elapsed from={startedAt} to={endedAt} />
                      </>
                    )}
                  </>
                ),
              },
            ]}
          />
        </Panel>
        <Panel title="Label by verdict">
          <ConfusionMatrix matrix={summary.matrix} />
          <p className="mt-3 text-sm text-third">
            Say in the list what each moment was. “Inconclusive” and failures are never right.
          </p>
        </Panel>
      </div>
      <Panel
        title="Cases"
        flush
        aside={
          <Select<CaseFilter>
            aria-label="Which cases"
            className="w-40"
            value={filter}
            onChange={setFilter}
            options={[...filters]}
          />
        }
      >
        {shown.length === 0 ? (
          <p className="border-t border-line px-4 py-6 text-second">No case is like that.</p>
        ) : (
          <CaseTable backtest={backtest} cases={shown} />
        )}
      </Panel>
    </div>
  )
}

function Progress({ ended, total }: { ended: number; total: number }) {
  return (
    <div>
      <div className="mb-1 flex justify-between text-sm text-second">
        <span>
          {ended} of {total} cases
        </span>
      </div>
      <progress aria-label="Cases that have ended" className="h-1.5 w-full accent-accent" value={ended} max={total} />
    </div>
  )
}

function Cancel({ id }: { id: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const cancel = useMutation(
    api.backtests.cancel.mutationOptions({
      onError: reportProblem('The backtest goes on'),
      onSettled: () => queries.invalidateQueries({ queryKey: api.backtests.pathKey() }),
    }),
  )
  return (
    <Button
      variant="danger"
      icon={<Square aria-hidden className="size-3.5" />}
      busy={cancel.isPending}
      disabledReason={lacks('operator')}
      onClick={() => cancel.mutate({ id })}
    >
      End it
    </Button>
  )
}
