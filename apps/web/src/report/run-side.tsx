'use client'
import { StateMark } from '../ui/badge.tsx'
import { Topology } from '../ui/evidence/topology.tsx'
import { Facts, Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { stepWord } from '../ui/run-words.ts'
import { Elapsed, Time } from '../ui/time.tsx'
import { type RunDetail, type Step, stepCounts } from './run-view-model.ts'
import { useStepTone } from './use-step-tone.ts'

/** Scope, path and steps. */
export function RunSide({ run }: { run: RunDetail }) {
  const path = run.steps.flatMap(({ evidence }) => evidence).find((one) => one.kind === 'topology')
  const params = Object.entries(run.params).map(([label, value]) => ({ label, value: String(value) }))
  return (
    <aside aria-label="About this run" className="min-w-0 space-y-4">
      {run.report && run.report.scope.length > 0 && (
        <Panel title="Scope">
          <Facts items={run.report.scope.map(({ label, value }) => ({ label: label.toLowerCase(), value }))} />
        </Panel>
      )}
      {path?.kind === 'topology' && (
        <Panel title="Path">
          <Topology evidence={path} />
        </Panel>
      )}
      <Panel title="Steps" aside={stepCounts(run.steps)} flush>
        <Rows>
          {run.steps.map((step) => (
            <StepRow key={step.stepId} step={step} />
          ))}
        </Rows>
      </Panel>
      <Panel title="Run">
        <Facts
          items={[
            {
              label: 'runbook',
              value: `${run.runbook.title}, ${run.version === null ? 'draft' : `version ${run.version}`}`,
            },
            ...params,
            { label: 'by', value: askedBy(run) },
            { label: 'began', value: <Time at={run.startedAt} /> },
            { label: 'plan', value: <code className="font-mono text-xs">{run.planHash.slice(7, 19)}</code> },
          ]}
        />
      </Panel>
    </aside>
  )
}

/** "Demo shop (token)", "ada@example.com (button)", "schedule". */
function askedBy({ requestedBy, trigger }: RunDetail): string {
  const name = personName(requestedBy)
  return name !== requestedBy || requestedBy === trigger ? name : `${name} (${trigger})`
}

function StepRow({ step }: { step: Step }) {
  const toneOf = useStepTone()
  const skipped = step.status === 'skipped' || step.status === 'pending'
  return (
    <li className="px-4 py-2">
      <div className="flex items-center gap-2">
        <StateMark tone={toneOf(step)} label={step.outcome ?? stepWord(step.status)} />
        <span className={skipped ? 'min-w-0 truncate text-third' : 'min-w-0 truncate'}>{step.title}</span>
        <span className="ml-auto shrink-0 text-sm text-third">
          {step.startedAt && step.status !== 'waiting' ? (
            <Elapsed from={step.startedAt} to={step.endedAt} />
          ) : (
            stepWord(step.status)
          )}
        </span>
      </div>
      {step.summary && <p className="mt-0.5 pl-6.5 text-sm text-second text-pretty">{step.summary}</p>}
      {step.error && (
        <p className="mt-0.5 pl-6.5 text-sm text-abnormal">
          {step.error.message} {step.error.fix}
        </p>
      )}
      {step.status === 'skipped' && step.reason && <p className="mt-0.5 pl-6.5 text-sm text-third">{step.reason}</p>}
    </li>
  )
}
