/**
 * A node type is one object: what people see, typed input and output, the finite outcomes, and `run`. All I/O comes in through `ctx`.
 */
import * as z from 'zod'
import type { TriageAction, TriageVerdict } from '@tenon/analysis'
import type { ActionPlan, Effect, Evidence, NodeGroup, OutcomeType, StepResult } from '@tenon/runbook'
import type { DataService } from '@tenon/data'

/** A change event as the product keeps it. Times are unix milliseconds. */
export interface ChangeRecord {
  id: string
  kind: string
  title: string
  startedAt: number
  endedAt: number | null
  scope: { entity?: string; hosts?: string[]; zone?: string; version?: string }
  author: string | null
}

/** A firing of an alert as the product keeps it. Times are ISO 8601. */
export interface AlertRecord {
  id: string
  fingerprint: string
  /** Of its rule. */
  name: string
  severity: 'info' | 'warning' | 'critical'
  labels: Record<string, string>
  startsAt: string
  /** null while it fires. */
  endsAt: string | null
  /** The receiver or connection that told of it. */
  source: string
  /** Of the data model; null when no label leads there. */
  entity: string | null
  measure: string | null
  /** What was decided of it; null when it was not judged yet. */
  action: TriageAction | null
  verdict: TriageVerdict | null
  reason: string
  decidedAt: string | null
  /** Its source holds it back until then. */
  silencedUntil: string | null
  groupKey: string
}

/** What a judge says of an alert, and of the group that it belongs to. */
export interface AlertDecisions {
  decisions: {
    id: string
    action: TriageAction
    verdict: TriageVerdict
    reason: string
    evidence: Evidence[]
    group: string
  }[]
  groups: { key: string; title: string; entity: string | null; verdict: TriageVerdict; reason: string }[]
}

/** What an applied action says of itself; see packages/actions. */
export interface AppliedAction {
  actionId: string
  status: 'done' | 'not-done' | 'unknown' | 'refused'
  detail: string
  leaseUntil: string | null
  verification: { label: string; before: string; after: string; pass: boolean }[]
}

/** What every node knows of its run. */
interface RunContext {
  runId: string
  stepId: string
  /** The run's clock, unix milliseconds. */
  asOf: number
}

/** `compute` nodes are evaluated where the run is, and see it. */
export interface ComputeContext extends RunContext {
  /** Results of the steps that ended before this one, in order of ending. */
  steps: { id: string; type: string; title: string; result: StepResult }[]
}

/** What nodes that ask or change the outside may touch. What other steps found comes in as typed input, so that the graph shows it. */
export interface NodeContext extends RunContext {
  data: DataService
  changes: { between(from: number, to: number): Promise<ChangeRecord[]> }
  alerts: {
    /** Those that fire, or that began after `since` (unix milliseconds), oldest first. */
    current(since: number): Promise<AlertRecord[]>
    /** Connections whose alerts may be silenced; none while suppression is off. */
    silenceable(): Promise<string[]>
    /** Only for writes. What is told to people is no longer silenced. Idempotent: the same decisions twice are those decisions. */
    decide(decisions: AlertDecisions): Promise<void>
    /** Only for writes. Notes that the action holds the alert back until `until` (unix milliseconds). */
    silenced(alertId: string, silence: { actionId: string; until: number }): Promise<void>
    /** Where people see an alert. */
    linkOf(alertId: string): string
  }
  actions: {
    /** Plans without changing anything. */
    plan(request: import('@tenon/actions').ActionRequest): Promise<ActionPlan>
    /** Ledger-guarded: at most once per `key`. A hash other than `approvedHash` is refused with `plan-changed`. */
    apply(
      request: import('@tenon/actions').ActionRequest,
      options: { key: string; approvedHash: string | null },
    ): Promise<AppliedAction>
  }
  inbox: {
    post(item: {
      title: string
      body: string
      severity: 'info' | 'warning' | 'critical'
      link?: string
      key: string
    }): Promise<void>
  }
  /** Posts JSON to a configured webhook connection by name; the address is never in the plan. */
  webhook: { post(connection: string, body: unknown, key: string): Promise<{ status: number }> }
  /** Tells runbooks of an event, once per `key`: triggers for it fire, steps that wait for it go on. */
  events: { emit(name: string, payload: Record<string, unknown>, key: string): Promise<void> }
  signal: AbortSignal
  heartbeat(detail?: string): void
}

interface NodeBase<I extends z.ZodObject, O extends z.ZodType> {
  type: string
  version: number
  title: string
  description: string
  group: NodeGroup
  icon: string
  idempotent: boolean
  outcomes: OutcomeType[]
  /** Name of an input, a list of `{ name }`: each is an outcome beside those of `outcomes`. */
  outcomesFrom?: Extract<keyof z.infer<I>, string>
  input: I
  /** Inputs that are resolved when a round of the loop has ended, or an event has come. */
  late?: Partial<Record<Extract<keyof z.infer<I>, string>, 'round' | 'event'>>
  output: O
  /** Name of the input that the output has the type of. */
  outputFrom?: Extract<keyof z.infer<I>, string>
  mainInput?: Extract<keyof z.infer<I>, string>
  defaults?: { timeoutSeconds?: number; attempts?: number }
  upgrade?: NodeUpgrade
}

/** How a step of an earlier version becomes one of this version; see `migrateDocument`. */
export interface NodeUpgrade {
  /** The version that it takes over from. */
  from: number
  /** Pure. Inputs are as the document has them: each may be an expression instead of a value. */
  migrate(inputs: Record<string, unknown>): Record<string, unknown>
  /** Outcomes that have another name now, old -> new; edges follow. */
  outcomes?: Record<string, string>
}

type Result<O extends z.ZodType> = Omit<StepResult, 'output'> & { output: z.infer<O> }

/** Effects that the interpreter carries out. */
export type ControlEffect = Exclude<Effect, 'compute' | 'read' | 'write'>

export type NodeDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = NodeBase<I, O> &
  (
    | { effect: 'compute'; run(ctx: ComputeContext, input: z.infer<I>): Result<O> }
    | { effect: 'read'; run(ctx: NodeContext, input: z.infer<I>): Promise<Result<O>> }
    | {
        effect: 'write'
        /** Shows what `run` would do, for approval; changes nothing. Nodes without a plan (notify) need no approval. */
        plan?(ctx: NodeContext, input: z.infer<I>): Promise<ActionPlan>
        run(
          ctx: NodeContext,
          input: z.infer<I>,
          options: { key: string; approvedHash: string | null },
        ): Promise<Result<O>>
      }
    /** Control: the interpreter itself carries it out, so it has no `run`. */
    | { effect: ControlEffect }
  )

/** Declares a node type. Fails at import when its parts disagree, e.g. two outcomes of one name. */
export function defineNode<I extends z.ZodObject, O extends z.ZodType>(
  definition: NodeDefinition<I, O>,
): NodeDefinition<I, O> {
  const names = definition.outcomes.map((outcome) => outcome.name)
  if (new Set(names).size !== names.length)
    throw new Error(`${definition.type}: outcome names repeat: ${names.join(', ')}`)
  if (definition.upgrade && definition.upgrade.from >= definition.version)
    throw new Error(
      `${definition.type}: version ${definition.version} cannot take over from ${definition.upgrade.from}`,
    )
  if (names.includes('error')) throw new Error(`${definition.type}: "error" is on every node and must not be listed`)
  return definition
}
