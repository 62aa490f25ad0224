import type { Signal } from './signal.ts'
import type { TriageAlert, TriageDecision } from './triage-types.ts'

/** An alert on its way through the judgement. */
export interface Judged {
  readonly alert: TriageAlert
  readonly signal: Signal
  decision: TriageDecision | null
}

/** What was known of it at a time: whether it still fired. */
export const isOpen = ({ resolvedAt }: Pick<TriageAlert, 'resolvedAt'>, at: number): boolean =>
  resolvedAt === null || resolvedAt > at

/** Flaps, of which there are many at any time, are over by then. */
const standMs = 120_000

/** Whether it fired for so long that it speaks for itself: what just began may pass in a moment. */
export const stands = (alert: Pick<TriageAlert, 'at' | 'resolvedAt' | 'severity'>, at: number): boolean =>
  isOpen(alert, at) && (alert.severity === 'critical' || at - alert.at >= standMs)

const ranks = { info: 0, warning: 1, critical: 2 } as const

export const rank = (severity: TriageAlert['severity']): number => ranks[severity]
