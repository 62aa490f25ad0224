'use client'
import type { NodeType } from '@tenon/runbook'
import { Badge } from '../ui/badge.tsx'
import { stepTone, stepWord } from '../ui/run-words.ts'
import type { StepRow } from './run-overlay.ts'

/** Why a result is there although its step did not run. */
const originWords = {
  muted: 'muted: it did not run',
  pinned: 'pinned: it did not run',
  reused: 'from the run before',
} as const

/** What a step last did in the run that is shown on the canvas. */
export function StepResultView({ step, nodeType }: { step: StepRow | undefined; nodeType: NodeType | undefined }) {
  if (!step)
    return (
      <p className="px-1 py-4 text-second">No run is shown. Run the draft, and what this step found stands here.</p>
    )
  const outcomeTone = nodeType?.outcomes.find((outcome) => outcome.name === step.outcome)?.tone
  return (
    <div className="space-y-3 px-1 py-4">
      <div className="flex items-center gap-2">
        <Badge tone={stepTone({ ...step, outcomeTone })}>{step.outcome ?? stepWord(step.status)}</Badge>
        {step.origin && <span className="text-third">{originWords[step.origin]}</span>}
        {step.attempt > 1 && <span className="text-third">attempt {step.attempt}</span>}
      </div>
      {step.summary && <p>{step.summary}</p>}
      {step.reason && <p className="text-second">{step.reason}</p>}
      {step.error && (
        <div role="alert" className="rounded-lg bg-abnormal-tint px-3 py-2">
          <p className="font-semibold">{step.error.message}</p>
          {step.error.fix && <p>{step.error.fix}</p>}
          <code className="font-mono text-xs text-third">{step.error.code}</code>
        </div>
      )}
      <Json title="Input" value={step.input} />
      <Json title="Output" value={step.output} />
    </div>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null
  return (
    <details open={title === 'Output'}>
      <summary className="cursor-pointer text-sm font-medium text-second">{title}</summary>
      <pre className="mt-1 max-h-72 overflow-auto rounded-lg border border-line bg-sunken p-2 font-mono text-xs">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  )
}
