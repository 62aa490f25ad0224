import type { ActionEventRecord, LedgerAction } from '@tenon/actions'
import type { ApprovalRow, RunRecord, StepRow } from '@tenon/db'
import * as z from 'zod'
import { time } from './run-schema.ts'

export const runEventKind = z.enum([
  'run-started',
  'step-started',
  'step-done',
  'step-failed',
  'step-skipped',
  'step-cancelled',
  'approval-requested',
  'approval-decided',
  'action',
  'run-concluded',
  'run-ended',
])

/** One line of a run's log. */
export const runEventSchema = z
  .object({
    id: z.string().describe('Stays the same whenever the log is read.'),
    at: time,
    kind: runEventKind,
    stepId: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: 'RunEvent' })
export type RunEventView = z.infer<typeof runEventSchema>

export interface RunParts {
  run: RunRecord
  steps: StepRow[]
  approvals: ApprovalRow[]
  actions: { action: LedgerAction; events: ActionEventRecord[] }[]
}

/** What happened in a run, oldest first. */
export function runEvents({ run, steps, approvals, actions }: RunParts): RunEventView[] {
  const events = [
    ...runLines(run),
    ...steps.flatMap(stepLines),
    ...approvals.flatMap(approvalLines),
    ...actions.flatMap(({ action, events: records }) => records.map((record, n) => actionLine(action, record, n))),
  ]
  // Sorting is stable: what happened in one millisecond stays in the order of the story.
  return events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || weight(a) - weight(b))
}

const weight = ({ kind }: RunEventView): number => (kind === 'run-started' ? 0 : kind === 'run-ended' ? 2 : 1)

function runLines(run: RunRecord): RunEventView[] {
  const line = (kind: RunEventView['kind'], at: string, message: string): RunEventView => ({
    id: kind,
    at,
    kind,
    stepId: null,
    message,
  })
  const version = run.version === null ? 'its draft' : `version ${run.version}`
  return [
    line(
      'run-started',
      run.startedAt,
      `${run.requestedBy} started ${run.runbook.title} (${version}) by ${run.trigger}.`,
    ),
    ...(run.concludedAt === null
      ? []
      : [line('run-concluded', run.concludedAt, run.conclusion ?? 'It has concluded.')]),
    ...(run.endedAt === null
      ? []
      : [line('run-ended', run.endedAt, `It ${run.status}${run.error ? `: ${run.error.message}` : '.'}`)]),
  ]
}

function stepLines(step: StepRow): RunEventView[] {
  const { stepId, title } = step
  const line = (kind: RunEventView['kind'], at: string, message: string): RunEventView => ({
    id: `${kind}:${stepId}:${step.attempt}`,
    at,
    kind,
    stepId,
    message: `${title}: ${message}`,
  })
  const began = step.startedAt === null ? [] : [line('step-started', step.startedAt, attempt(step.attempt))]
  if (step.endedAt === null) return began
  switch (step.status) {
    case 'done':
      return [...began, line('step-done', step.endedAt, [step.outcome, step.summary].filter(Boolean).join('. '))]
    case 'failed':
      return [...began, line('step-failed', step.endedAt, step.error?.message ?? 'failed')]
    case 'skipped':
      return [...began, line('step-skipped', step.endedAt, step.reason ?? 'skipped')]
    case 'cancelled':
      return [...began, line('step-cancelled', step.endedAt, 'cancelled')]
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
      return began
  }
}

const attempt = (number: number): string => (number > 1 ? `attempt ${number}` : 'began')

function approvalLines(approval: ApprovalRow): RunEventView[] {
  const { stepId, question, status } = approval
  const asked: RunEventView = {
    id: `approval-requested:${stepId}`,
    at: approval.requestedAt,
    kind: 'approval-requested',
    stepId,
    message: question,
  }
  if (approval.decidedAt === null) return [asked]
  const by = approval.decidedBy ? ` by ${approval.decidedBy}` : ''
  const comment = approval.comment ? `: ${approval.comment}` : '.'
  const message = `${status}${by}${comment}`
  return [
    asked,
    { id: `approval-decided:${stepId}`, at: approval.decidedAt, kind: 'approval-decided', stepId, message },
  ]
}

const actionLine = (action: LedgerAction, record: ActionEventRecord, n: number): RunEventView => ({
  id: `action:${action.id}:${n}`,
  at: new Date(record.at).toISOString(),
  kind: 'action',
  stepId: action.stepId,
  message: `${action.title}: ${record.kind} (${record.actor})`,
})
