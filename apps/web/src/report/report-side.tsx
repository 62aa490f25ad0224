'use client'
import { StateMark } from '../ui/badge.tsx'
import { Topology } from '../ui/evidence/topology.tsx'
import { keepUnits } from '../ui/figures.ts'
import { Facts, Panel, Rows } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { stepWord } from '../ui/run-words.ts'
import { Elapsed, Time } from '../ui/time.tsx'
import type { ReportContent, ReportStep } from './content/report-content.ts'
import type { ReportView } from './content/report-view.ts'
import { stepCounts } from './run-view-model.ts'
import { useStepTone } from './use-step-tone.ts'

/** Scope, path and steps. */
export function ReportSide({ content, view }: { content: ReportContent; view: ReportView }) {
  const { run, steps } = content
  const [path] = view.topologies
  return (
    <aside aria-label="About this run" className="min-w-0 space-y-4">
      {view.scope.length > 0 && (
        <Panel title="Scope" className="max-xl:hidden print:block">
          <Facts items={view.scope.map(({ label, value }) => ({ label: label.toLowerCase(), value }))} />
        </Panel>
      )}
      {path && (
        <Panel title="Path" aside={path.evidence.subtitle}>
          <Topology evidence={path.evidence} />
        </Panel>
      )}
      <Panel title="Steps" aside={stepCounts(steps)} flush>
        <Rows>
          {steps.map((step) => (
            <StepRow key={step.stepId} step={step} runEnded={run.endedAt} />
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
            ...(run.chosenFor === null ? [] : [{ label: 'chosen for', value: run.chosenFor }]),
            ...run.params.map(({ name, value }) => ({ label: name, value })),
            { label: 'by', value: askedBy(run) },
            { label: 'began', value: <Time at={run.startedAt} /> },
            { label: 'data as of', value: <Time at={run.asOf} /> },
            { label: 'plan', value: <code className="font-mono text-xs">{run.planHash.slice(7, 19)}</code> },
          ]}
        />
      </Panel>
    </aside>
  )
}

/** "Demo shop (token)", "ada@example.com (button)", "schedule". */
function askedBy({ requestedBy, trigger }: ReportContent['run']): string {
  const name = personName(requestedBy)
  return name !== requestedBy || requestedBy === trigger ? name : `${name} (${trigger})`
}

function StepRow({ step, runEnded }: { step: ReportStep; runEnded: string | null }) {
  const toneOf = useStepTone()
  const skipped = step.status === 'skipped' || step.status === 'pending'
  return (
    <li className="px-4 py-2">
      <div className="flex items-center gap-2">
        <StateMark tone={toneOf(step)} label={step.outcome ?? stepWord(step.status)} />
        <span className={skipped ? 'min-w-0 truncate text-third' : 'min-w-0 truncate'}>{step.title}</span>
        <span className="ml-auto shrink-0 text-sm text-third">
          {step.startedAt && step.status !== 'waiting' ? (
            <Elapsed from={step.startedAt} to={step.endedAt ?? runEnded} />
          ) : (
            stepWord(step.status)
          )}
        </span>
      </div>
      {step.summary && (
        <p className="mt-0.5 pl-6.5 text-sm break-words text-second text-pretty">{keepUnits(step.summary)}</p>
      )}
      {step.error && (
        <p className="mt-0.5 pl-6.5 text-sm break-words text-abnormal">
          {step.error.message} {step.error.fix}
        </p>
      )}
      {step.status === 'skipped' && step.reason && <p className="mt-0.5 pl-6.5 text-sm text-third">{step.reason}</p>}
    </li>
  )
}
