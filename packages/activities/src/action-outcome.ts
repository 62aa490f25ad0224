/** How an applied action becomes the result of a step: shared by the nodes that change a target. */
import * as z from 'zod'
import type { Evidence, OutcomeType, StepResult } from '@tenon/runbook'
import type { AppliedAction } from './node.ts'

export const actionOutcomes: OutcomeType[] = [
  { name: 'done', tone: 'normal', meaning: 'The action is in effect and its verification passed.' },
  { name: 'refused', tone: 'neutral', meaning: 'A guard refused it before anything was touched; the reason is shown.' },
  {
    name: 'not-done',
    tone: 'abnormal',
    meaning: 'It was tried and did not take effect: the target is as it was found.',
  },
  {
    name: 'unknown',
    tone: 'inconclusive',
    meaning: 'Whether it took effect could not be read back. A person is asked to look; nothing is repeated.',
  },
]

export const actionOutput = z.object({
  actionId: z.string(),
  detail: z.string(),
  /** ISO 8601; null when it is not in effect. */
  leaseUntil: z.string().nullable(),
})

/** The step's result, with a table of what was verified before and after. */
export function actionResult(
  action: AppliedAction,
  title: string,
): Omit<StepResult, 'output'> & { output: z.infer<typeof actionOutput> } {
  return {
    outcome: action.status,
    output: { actionId: action.actionId, detail: action.detail, leaseUntil: action.leaseUntil },
    summary: summaryOf(action, title),
    evidence: [verificationEvidence(action)],
  }
}

function summaryOf(action: AppliedAction, title: string): string {
  switch (action.status) {
    case 'done':
      return action.leaseUntil === null ? title : `${title}; reverts at ${action.leaseUntil.slice(11, 16)} UTC`
    case 'refused':
      return `Refused: ${action.detail}`
    case 'not-done':
      return `Not done: ${action.detail}`
    case 'unknown':
      return `Unknown: ${action.detail}`
  }
}

function verificationEvidence({ verification, detail }: AppliedAction): Evidence {
  const common = { id: 'verification', title: 'Before and after' }
  if (verification.length === 0) return { ...common, kind: 'text', text: detail }
  return {
    ...common,
    kind: 'table',
    columns: [
      { key: 'label', label: 'What' },
      { key: 'before', label: 'Before' },
      { key: 'after', label: 'After' },
      { key: 'check', label: 'As meant' },
    ],
    rows: verification.map(({ label, before, after, pass }) => ({ label, before, after, check: pass ? 'yes' : 'no' })),
  }
}
