/** What the run page shows, worked out from the run as it is. Pure. */
import type { Evidence } from '@tenon/runbook'
import type { Outputs } from '../ui/api.tsx'

export type RunDetail = Outputs['runs']['get']
export type Step = RunDetail['steps'][number]
type Approval = RunDetail['approvals'][number]

/** The sentence at the top: the conclusion, or how far the run is. */
export function headlineOf(run: Pick<RunDetail, 'status' | 'conclusion' | 'error' | 'runbook' | 'steps'>): string {
  if (run.conclusion) return run.conclusion
  switch (run.status) {
    case 'running': {
      const now = run.steps.find(({ status }) => status === 'running' || status === 'backing-off')
      return now ? `${now.title}…` : 'Beginning…'
    }
    case 'queued':
      return 'Waits for another run of the same kind to end.'
    case 'succeeded':
      return `${run.runbook.title} finished.`
    case 'failed':
      return run.error?.message ?? `${run.runbook.title} failed.`
    case 'cancelled':
      return run.error?.message ?? 'The run was cancelled.'
    case 'timed-out':
      return 'The run took longer than its runbook allows and was ended.'
  }
}

/** The approval that waits for people; the first when several do. */
export function waitingApproval(run: Pick<RunDetail, 'approvals'>): Approval | null {
  return run.approvals.find(({ status }) => status === 'waiting') ?? null
}

/**
 * All evidence in reading order: steps that the report calls telling first, then as they ran; where the loss is before charts, charts that show something
 * before those that show nothing.
 */
export function evidenceInOrder(run: Pick<RunDetail, 'steps' | 'report'>): { step: Step; evidence: Evidence }[] {
  const telling = run.report?.evidenceSteps ?? []
  const rank = (step: Step): number => {
    const place = telling.indexOf(step.stepId)
    return place === -1 ? telling.length : place
  }
  const all = run.steps
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((step) => step.evidence.map((evidence) => ({ step, evidence })))
  return all.toSorted(
    (a, b) => kindRank(a.evidence) - kindRank(b.evidence) || verdictRank(a.evidence) - verdictRank(b.evidence),
  )
}

function kindRank({ kind }: Evidence): number {
  switch (kind) {
    case 'waterfall':
      return 0
    case 'series':
      return 1
    case 'table':
    case 'changes':
      return 2
    case 'topology':
    case 'text':
      return 3
  }
}

function verdictRank({ verdict }: Evidence): number {
  switch (verdict) {
    case 'abnormal':
      return 0
    case 'inconclusive':
      return 1
    case 'normal':
      return 2
    case undefined:
      return 3
  }
}

export interface Bar {
  step: Step
  /** Shares of the whole time, 0..1. */
  left: number
  width: number
}

/** Steps as bars on one time axis; those that never began have none. */
export function timelineOf(run: Pick<RunDetail, 'steps' | 'startedAt' | 'endedAt'>, now: number): Bar[] {
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
export function stepCounts(steps: readonly Pick<Step, 'status'>[]): string {
  const ran = steps.filter(({ status }) => status === 'done' || status === 'failed').length
  const skipped = steps.filter(({ status }) => status === 'skipped').length
  return [`${ran} ran`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ')
}
