import type { CallGraph } from './reach.ts'
import type { TriageAction, TriageVerdict } from './triage-verdict.ts'

/** Times are unix milliseconds. */
export interface TriageAlert {
  id: string
  at: number
  /** What it is about; null when nothing says so: it then has no neighbours. */
  entity: string | null
  rule: string
  severity: 'critical' | 'warning' | 'info'
  /** Events a minute behind it; null when not known. */
  perMinute: number | null
  /** When it ended; null while it fires. A judgement of a time before it does not look at it. */
  resolvedAt: number | null
  /** What was decided of it in an earlier judgement, which stands. */
  decided?: { action: TriageAction; verdict: TriageVerdict; group: string; reason: string; at: number }
  /** Judge it at this time, whatever was decided: it was suppressed and still fires. */
  reviewAt?: number
}

/** Something planned, or known to happen outside. It is known from its start on. */
export interface TriageEvent {
  id: string
  kind: 'change' | 'load-test' | 'maintenance' | 'source-drop'
  entity: string
  title?: string
  from: number
  /** null while it goes on. */
  to: number | null
}

/** What the data say of an alert, read when it is judged. It speaks before all that the stream of alerts alone can tell. */
export interface TriageFact {
  /** `unknown`: the data were looked at and do not tell. */
  kind: 'abnormal' | 'normal' | 'source-drop' | 'low-traffic' | 'unknown'
  /** One sentence with the figures. */
  reason: string
  /** So clear that nothing need be waited for. */
  isSure?: boolean
}

export interface TriageInput {
  /** In any order; those of the days before let recurring ones be known. */
  alerts: readonly TriageAlert[]
  calls: CallGraph
  events: readonly TriageEvent[]
  /** Nothing of a later time is looked at. */
  now: number
  /** By alert id. */
  facts?: ReadonlyMap<string, TriageFact>
}

export interface TriageDecision {
  id: string
  action: TriageAction
  verdict: TriageVerdict
  /** Of what people are told: the id of the alert that it began with. Of noise: its cause and the day. */
  group: string
  /** One sentence. */
  reason: string
  decidedAt: number
}

export interface TriageResult {
  /** In the order in which they were made; what was decided before is not among them. */
  decisions: TriageDecision[]
  /** Alerts that are held to see whether they pass; each is decided by `holdMs` after it began. */
  held: string[]
}
