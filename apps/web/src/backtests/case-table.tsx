'use client'
import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge, VerdictChip } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'
import { type Backtest, type BacktestCase, milliseconds } from './backtest-words.ts'

const labels = [
  { value: 'none', label: 'no label' },
  { value: 'normal', label: 'normal' },
  { value: 'abnormal', label: 'abnormal' },
] as const
type Label = (typeof labels)[number]['value']

/** Rows shown at once; more on request, so that a thousand do not make the page slow. */
const pageSize = 100

export function CaseTable({ backtest, cases }: { backtest: Backtest; cases: readonly BacktestCase[] }) {
  const [count, setCount] = useState(pageSize)
  return (
    <>
      <div className="overflow-x-auto">
        <table className="w-full text-base">
          <thead>
            <tr className="text-left text-sm text-third">
              {['moment', 'verdict', 'what it said', 'would do', 'took', 'it was'].map((head) => (
                <th key={head} scope="col" className="px-4 py-1.5 font-normal">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cases.slice(0, count).map((one) => (
              <CaseRow key={one.position} backtest={backtest} one={one} />
            ))}
          </tbody>
        </table>
      </div>
      {cases.length > count && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={() => setCount((before) => before + pageSize)}>
            Show {Math.min(pageSize, cases.length - count)} more of {cases.length}
          </Button>
        </div>
      )}
    </>
  )
}

function CaseRow({ backtest, one }: { backtest: Backtest; one: BacktestCase }) {
  const { position, at, params, status, verdict, conclusion, error, actions, durationMs } = one
  const given = Object.entries(params)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
  return (
    <tr className="border-t border-line align-top" data-testid={`case-${position}`}>
      <th scope="row" className="px-4 py-2 text-left font-normal">
        <Time at={at} />
        {given !== '' && <p className="text-sm text-third">{given}</p>}
      </th>
      <td className="px-4 py-2">
        {status === 'pending' ? (
          <Badge tone={backtest.status === 'running' ? 'running' : 'skipped'}>
            {backtest.status === 'running' ? 'waits' : 'not run'}
          </Badge>
        ) : verdict ? (
          <VerdictChip value={verdict} />
        ) : (
          <Badge tone={status === 'failed' ? 'abnormal' : 'neutral'}>
            {status === 'failed' ? 'failed' : 'no verdict'}
          </Badge>
        )}
      </td>
      <td className="max-w-[56ch] px-4 py-2 text-second">
        {error ? `${error.message} ${error.fix ?? ''}` : (conclusion ?? '')}
      </td>
      <td className="px-4 py-2 text-second">
        {actions.length === 0 ? 'nothing' : actions.map(({ step }) => step).join(', ')}
      </td>
      <td className="figures px-4 py-2 whitespace-nowrap text-second">
        {durationMs === null ? '' : milliseconds(durationMs)}
      </td>
      <td className="px-4 py-1.5">
        <LabelControl backtestId={backtest.id} one={one} />
      </td>
    </tr>
  )
}

function LabelControl({ backtestId, one }: { backtestId: string; one: BacktestCase }) {
  const api = useApi()
  const queries = useQueryClient()
  const { lacks } = useSession()
  const save = useMutation(
    api.backtests.label.mutationOptions({
      onError: reportProblem('The label was not saved'),
      onSettled: () => queries.invalidateQueries({ queryKey: api.backtests.pathKey() }),
    }),
  )
  const shown = save.isPending ? save.variables.label : one.label
  if (lacks('operator') !== null) return <span className="text-second">{shown ?? 'no label'}</span>
  return (
    <Select<Label>
      aria-label={`What it was at ${one.at}`}
      className="w-32"
      value={shown ?? 'none'}
      options={[...labels]}
      onChange={(label) =>
        save.mutate({ id: backtestId, position: one.position, label: label === 'none' ? null : label })
      }
    />
  )
}
