/** What the run page shows beside the report: approvals, actions and the time line. Pure. */
import type { Outputs } from '../ui/api.tsx'
import { contentOf, type ReportContent, type ReportStep } from './content/report-content.ts'

export type RunDetail = Outputs['runs']['get']
type Approval = RunDetail['approvals'][number]

/** What the report is made of, as the run is now. */
export const contentOfRun = (run: RunDetail): ReportContent => contentOf(run, run.steps)

/** The approval that waits for people; the first when several do. */
export function waitingApproval(run: Pick<RunDetail, 'approvals'>): Approval | null {
  return run.approvals.find(({ status }) => status === 'waiting') ?? null
}

/** What a yes would do, in words: the facts that its plans were made with, and when it reverts by itself. */
export function consequenceOf({ plans }: Pick<Approval, 'plans'>): string[] {
  const [plan] = plans
  if (!plan) return []
  const facts = plan.facts
    .toSorted((a, b) => Number(b.label.startsWith('capacity')) - Number(a.label.startsWith('capacity')))
    .slice(0, 2)
    .map(({ label, value }) => `${label} ${value}`)
  return [
    ...facts,
    ...(plan.leaseSeconds > 0 ? [`reverts by itself after ${Math.round(plan.leaseSeconds / 60)} min`] : []),
  ]
}

interface TimedStep {
  startedAt: string | null
  endedAt: string | null
}

export interface Bar<Step> {
  step: Step
  /** Shares of the whole time, 0..1. */
  left: number
  width: number
}

/** Steps as bars on one time axis; those that never began have none. */
export function timelineOf<Step extends TimedStep>(
  run: { steps: readonly Step[]; startedAt: string; endedAt: string | null },
  now: number,
): Bar<Step>[] {
  const begin = Date.parse(run.startedAt)
  const end = Math.max(begin + 1, run.endedAt ? Date.parse(run.endedAt) : now)
  return run.steps.map((step) => {
    if (!step.startedAt) return { step, left: 0, width: 0 }
    const from = Math.max(begin, Date.parse(step.startedAt))
    const to = step.endedAt ? Date.parse(step.endedAt) : end
    return { step, left: (from - begin) / (end - begin), width: Math.max(0.004, (to - from) / (end - begin)) }
  })
}

/** "8 ran, 2 skipped". */
export function stepCounts(steps: readonly Pick<ReportStep, 'status'>[]): string {
  const ran = steps.filter(({ status }) => status === 'done' || status === 'failed').length
  const skipped = steps.filter(({ status }) => status === 'skipped').length
  return [`${ran} ran`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ')
}

/** How many steps have come to an end, whichever; for progress. */
export function progressOf(steps: readonly Pick<ReportStep, 'status'>[]): { ended: number; all: number } {
  const open = steps.filter(({ status }) => ['pending', 'running', 'backing-off', 'waiting'].includes(status)).length
  return { ended: steps.length - open, all: steps.length }
}
