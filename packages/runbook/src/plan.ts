/** The plan: what a document compiles to. Typed, content-hashed, self-contained; what a run executes. */
import type { Effect, OutcomeType } from './catalogue.ts'
import type { JoinPolicy, Parameter } from './document.ts'

/** An input value as the interpreter resolves it just before the step begins. */
export type PlanValue =
  | { kind: 'literal'; value: unknown }
  | { kind: 'expression'; cel: string }
  | { kind: 'template'; parts: (string | { cel: string })[] }
  | { kind: 'list'; items: PlanValue[] }
  | { kind: 'object'; fields: Record<string, PlanValue> }

export interface PlanStep {
  id: string
  type: string
  version: number
  title: string
  effect: Effect
  idempotent: boolean
  outcomes: OutcomeType[]
  /** The loop that it is a step of; null at the top. */
  parent: string | null
  input: Record<string, PlanValue>
  /** Inputs that are resolved when a round of the loop has ended, or an event has come. */
  late: Record<string, PlanValue>
  join: JoinPolicy
  joinDeadlineSeconds: number | null
  /** From the start of the run; then it runs with what has arrived. Absent for steps that wait as long as it takes. */
  startBySeconds?: number
  timeoutSeconds: number
  retry: { attempts: number; backoffSeconds: number; nonRetryable: string[] }
  /** For `approve` steps: the ids of the write steps that its `approved` outcome leads to directly. Each is planned before people are asked. */
  guards: string[]
  /** Does not run: ends at once with this outcome. */
  mute: string | null
  /** For `child` steps: what it runs, pinned when the document was compiled. */
  child: { runbook: string; version: number; planHash: string } | null
}

export interface PlanEdge {
  from: string
  /** Outcome name, `error` or `always`. */
  on: string
  to: string
}

export type Priority = 'low' | 'normal' | 'high'

export interface Plan {
  /** `sha256:` and hex over all else that a run depends on: equal documents give equal hashes, however they are written and laid out. */
  hash: string
  runbook: { name: string; title: string }
  params: Record<string, Parameter>
  steps: PlanStep[]
  edges: PlanEdge[]
  timeoutSeconds: number
  onFailure: 'revert' | 'keep'
  /** Names of runbooks whose actions are refused while one of this is open, and the other way round; absent: none. */
  excludes?: string[]
  priority: Priority
  concurrency: { key: PlanValue; policy: 'queue' | 'drop' | 'replace' | 'join' } | null
  /** Runs in process, without a durable workflow. */
  express: boolean
}
