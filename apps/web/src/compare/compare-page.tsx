'use client'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { useApi, type Outputs } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { classNames } from '../ui/class-names.ts'
import { Select } from '../ui/field.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { runTone, runWord, stepTone, stepWord } from '../ui/run-words.ts'
import { Shell } from '../ui/shell.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { formatDuration, formatTime } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'

type Comparison = Outputs['runs']['compare']
type ComparedStep = Comparison['steps'][number]

/** Two runs of a runbook, step by step. */
export function ComparePage({ left, right }: { left: string; right: string | null }) {
  const crumbs = [{ title: 'Runs', href: '/runs' }, { title: 'Run', href: `/runs/${left}` }, { title: 'Compare' }]
  return (
    <Shell crumbs={crumbs}>
      <div className="space-y-4">
        <OtherRun left={left} right={right} />
        {right === null ? (
          <Panel>
            <p className="text-second">Choose the run to compare with.</p>
          </Panel>
        ) : (
          <Compared left={left} right={right} />
        )}
      </div>
    </Shell>
  )
}

/** The newest runs of the same runbook. */
function OtherRun({ left, right }: { left: string; right: string | null }) {
  const api = useApi()
  const router = useRouter()
  const now = useNow()
  const zone = useZone()
  const run = useQuery(api.runs.get.queryOptions({ id: left }))
  const name = run.data?.runbook.name
  const runs = useQuery(api.runs.list.queryOptions({ name: name ?? '', limit: 50 }, { enabled: name !== undefined }))
  const others = (runs.data ?? []).filter(({ id }) => id !== left)
  const known = right === null || others.some(({ id }) => id === right)
  return (
    <div className="max-w-md">
      <Select
        aria-label="Compare with"
        value={right ?? ''}
        onChange={(id) => router.replace(id === '' ? `/runs/${left}/compare` : `/runs/${left}/compare?with=${id}`)}
        options={[
          {
            value: '',
            label: runs.isPending ? 'Loading…' : others.length === 0 ? 'There is no other run' : 'Choose a run',
          },
          ...(known || right === null ? [] : [{ value: right, label: right.slice(0, 8) }]),
          ...others.map(({ id, startedAt, conclusion, status, verdict }) => ({
            value: id,
            label: `${formatTime(Date.parse(startedAt), now, zone)} · ${conclusion ?? runWord({ status, verdict })}`,
            note: id.slice(0, 8),
          })),
        ]}
      />
    </div>
  )
}

function Compared({ left, right }: { left: string; right: string }) {
  const api = useApi()
  const comparison = useQuery(api.runs.compare.queryOptions({ left, right }))
  if (!comparison.data) {
    return (
      <Panel flush>
        {comparison.isError ? (
          <ErrorState
            what="The runs could not be compared"
            error={comparison.error}
            retry={() => void comparison.refetch()}
          />
        ) : (
          <LoadingRows rows={6} label="Comparing" />
        )}
      </Panel>
    )
  }
  const { data } = comparison
  return (
    <>
      <div className="grid gap-4 md:grid-cols-2">
        <Side run={data.left} title="This run" />
        <Side run={data.right} title="The other" />
      </div>
      {data.params.length > 0 && (
        <Panel title="Parameters that differ">
          <Differences items={data.params} />
        </Panel>
      )}
      <Panel title="Steps" flush>
        {data.same && <p className="px-4 pt-3 text-second">Nothing but the times differs.</p>}
        <ul className="divide-y divide-line">
          {data.steps.map((step) => (
            <Step key={step.stepId} step={step} />
          ))}
        </ul>
      </Panel>
    </>
  )
}

function Side({ run, title }: { run: Comparison['left']; title: string }) {
  return (
    <Panel title={title} badge={<Badge tone={runTone(run)}>{runWord(run)}</Badge>}>
      <p className="font-medium text-pretty">{run.conclusion ?? 'It has no conclusion.'}</p>
      <p className="text-sm text-third">
        {run.version === null ? 'draft' : `version ${run.version}`}
        {run.durationMs !== null && ` · ${formatDuration(run.durationMs)}`}
      </p>
    </Panel>
  )
}

function Step({ step }: { step: ComparedStep }) {
  const differs = step.changed.length > 0
  return (
    <li
      className={classNames('px-4 py-2.5', differs && 'bg-inconclusive-tint/40')}
      data-testid={`compare-${step.stepId}`}
    >
      <div className="grid gap-x-4 gap-y-1 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)]">
        <div className="min-w-0">
          <p className="truncate font-medium">{step.title}</p>
          <p className="text-sm text-third">{differs ? `differs: ${step.changed.join(', ')}` : 'the same'}</p>
        </div>
        <StepSide side={step.left} />
        <StepSide side={step.right} />
      </div>
      {step.output.length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer text-sm font-medium text-second">
            {step.output.length} {step.output.length === 1 ? 'value' : 'values'} of the output
          </summary>
          <Differences items={step.output} />
        </details>
      )}
    </li>
  )
}

function StepSide({ side }: { side: ComparedStep['left'] }) {
  if (!side) return <p className="text-third">not in this run</p>
  return (
    <div className="min-w-0">
      <p className="flex items-center gap-2">
        <Badge tone={stepTone({ ...side, verdict: side.verdict && { value: side.verdict } })}>
          {side.outcome ?? stepWord(side.status)}
        </Badge>
        {side.durationMs !== null && <span className="text-sm text-third">{formatDuration(side.durationMs)}</span>}
      </p>
      <p className="text-sm text-second text-pretty">{side.error?.message ?? side.summary}</p>
    </div>
  )
}

function Differences({ items }: { items: Comparison['params'] }) {
  const written = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
  return (
    <table className="mt-1 w-full text-sm">
      <tbody>
        {items.map(({ path, left, right }) => (
          <tr key={path.join('.')} className="border-t border-line align-top">
            <th scope="row" className="py-1 pr-3 text-left font-mono font-normal [overflow-wrap:anywhere]">
              {path.join('.')}
            </th>
            <td className="py-1 pr-3 font-mono text-second [overflow-wrap:anywhere]">{written(left)}</td>
            <td className="py-1 font-mono [overflow-wrap:anywhere]">{written(right)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
