/** The plan: what a document compiles to. Typed, content-hashed, self-contained; what a run executes. */
import type { Effect, OutcomeType } from './catalogue.ts'
import type { Parameter } from './document.ts'

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
  input: Record<string, PlanValue>
  join: 'all' | 'any'
  timeoutSeconds: number
  retry: { attempts: number; backoffSeconds: number }
  /** For `approve` steps: the ids of the write steps that its `approved` outcome leads to directly. Each is planned before people are asked. */
  guards: string[]
}

export interface PlanEdge {
  from: string
  /** Outcome name, `error` or `always`. */
  on: string
  to: string
}

export interface Plan {
  /** `sha256:` and hex over all else that a run depends on: equal documents give equal hashes, however they are written and laid out. */
  hash: string
  runbook: { name: string; title: string }
  params: Record<string, Parameter>
  steps: PlanStep[]
  edges: PlanEdge[]
  timeoutSeconds: number
  onFailure: 'revert' | 'keep'
}
