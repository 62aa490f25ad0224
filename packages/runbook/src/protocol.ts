/**
 * How processes talk to a run in Temporal: names of workflows, updates and queries, and the payloads they carry. The web server calls them, the
 * worker's workflows answer them. Payloads that people cause are zod schemas, so that the workflow's validators parse what arrives.
 */
import * as z from 'zod'
import { contentHash } from './canonical.ts'
import type { Plan, Priority } from './plan.ts'
import type { RunContext, RunInput, RunState } from './run.ts'

export const taskQueue = 'tenon'

export const workflowNames = {
  runRunbook: 'runRunbook',
  concurrencyGate: 'concurrencyGate',
  leaseAction: 'leaseAction',
  settleAction: 'settleAction',
  runScheduled: 'runScheduled',
  runBacktest: 'runBacktest',
} as const
export const updateNames = {
  decideApproval: 'decideApproval',
  cancelRun: 'cancelRun',
  deliverEvent: 'deliverEvent',
  joinRun: 'joinRun',
  enter: 'enter',
  leave: 'leave',
  revertNow: 'revertNow',
  renewLease: 'renewLease',
} as const
export const queryNames = { runState: 'runState' } as const

/** The run's id is a uuid and is the workflow's id. */
export const runWorkflowId = (runId: string): string => runId
export const backtestWorkflowId = (backtestId: string): string => `backtest-${backtestId}`
export const leaseWorkflowId = (actionId: string): string => `lease-${actionId}`
export const settleWorkflowId = (actionId: string): string => `settle-${actionId}`
/** The Temporal Schedule of a runbook's trigger in an environment. */
export const scheduleId = (of: { runbook: string; environment: string; trigger: string }): string =>
  `runbook-${of.runbook}.${of.environment}.${of.trigger}`
/** Runs whose keys are equal share one gate, which lets one of them run at a time. */
export const gateWorkflowId = (of: GateOf): string =>
  `gate-${contentHash({ runbook: of.runbook, environment: of.environment, key: of.key }).slice('sha256:'.length)}`

/** Temporal's priority key of a run and everything that it does: 1 is served first. */
export const priorityKeys: Record<Priority, number> = { high: 1, normal: 3, low: 5 }

/** Longer plans travel by their hash and are read from the database by the run itself. */
export const longestInlinePlan = 128 * 1024

/** What a run carries over when its history is begun anew. */
export interface RunResume {
  state: RunState
  /** Of the newest projection. */
  revision: number
  /** Who approved each guarded write, by step key. */
  approvers: Record<string, string>
}

/** Input of `runRunbook`. Exactly one of `plan` and `planRef` (the plan's hash) is given. */
export interface RunStart {
  plan?: Plan
  planRef?: string
  context: RunContext
  resume?: RunResume
  /** The history is begun anew after so many events; as many as are wise without it. */
  renewAfterEvents?: number
}

/**
 * The workflow's input of a run: with the plan itself, or with its hash when it is long. The plan must then be in the database, where making the
 * run's row puts it.
 */
export function runStart({ plan, context }: RunInput): RunStart {
  return isLong(plan) ? { planRef: plan.hash, context } : { plan, context }
}

/** How a run's workflow is started, by whoever starts it: the same run twice starts once. */
export function runStartOptions(input: RunInput, taskQueue: string) {
  return {
    taskQueue,
    workflowId: runWorkflowId(input.context.runId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    priority: { priorityKey: priorityKeys[input.plan.priority] },
    args: [runStart(input)] as [RunStart],
  }
}

/** What equal concurrency keys share. */
export interface GateOf {
  runbook: string
  environment: string
  key: string
}

/** The gate that a run passes first, and what it asks there; null for a plan without a concurrency key. */
export function gateEntry({ plan, context }: RunInput, key: string | null): { of: GateOf; enter: EnterGate } | null {
  if (!plan.concurrency || key === null) return null
  return {
    of: { runbook: plan.runbook.name, environment: context.environment ?? 'production', key },
    enter: { run: { planRef: plan.hash, priority: plan.priority, context }, policy: plan.concurrency.policy },
  }
}

/** Plans are immutable, and the same object starts many runs. */
const lengths = new WeakMap<Plan, number>()

function isLong(plan: Plan): boolean {
  let length = lengths.get(plan)
  if (length === undefined) {
    length = JSON.stringify(plan).length
    lengths.set(plan, length)
  }
  return length > longestInlinePlan
}

/** Of who acts: a token's name, and the address of whose it is. */
const longestLabel = 500

/** Update `decideApproval` of `runRunbook`. Refused with an `approvalRefusal`. */
export const decideApproval = z.object({
  /** The step's key. */
  stepId: z.string().min(1).max(200),
  decision: z.enum(['approved', 'rejected']),
  /** Who decides, as people know them: an e-mail address, or a token's name and whose it is. */
  by: z.string().min(1).max(longestLabel),
  comment: z.string().max(4000).optional(),
  /** Hashes of the plans that the person saw; the decision counts for these and no others. */
  hashes: z.array(z.string().max(100)).max(200),
  /** What the person filled in, when the step asks for more than yes or no. */
  form: z.record(z.string().max(64), z.unknown()).optional(),
})
export type DecideApproval = z.infer<typeof decideApproval>

/** Codes with which the validator of `decideApproval` refuses. */
export const approvalRefusal = z.enum([
  'no-such-waiting-step',
  'plan-changed',
  'already-decided',
  'requester-may-not-approve',
  'not-an-approver',
  'person-needed',
  'form-invalid',
])
export type ApprovalRefusal = z.infer<typeof approvalRefusal>

/** Update `cancelRun` of `runRunbook`. */
export const cancelRun = z.object({ by: z.string().min(1).max(longestLabel), reason: z.string().max(4000) })
export type CancelRun = z.infer<typeof cancelRun>

/** Update `deliverEvent` of `runRunbook`: an event for a step that waits for it. Refused as `no-such-waiting-step`. */
export const deliverEvent = z.object({
  stepId: z.string().min(1).max(200),
  event: z.object({ name: z.string().min(1).max(200), id: z.string().min(1).max(200), payload: z.unknown() }),
})
export type DeliverEvent = z.infer<typeof deliverEvent>
/** Whether the step took the event: its `match` held. */
export interface Delivered {
  taken: boolean
}

export const triggerKind = z.enum(['button', 'api', 'schedule', 'webhook', 'event', 'runbook', 'test', 'backtest'])

/** Update `joinRun` of `runRunbook`: another trigger becomes a part of this run. Refused as `run-ended`. */
export const joinRun = z.object({
  kind: triggerKind,
  by: z.string().min(1).max(longestLabel),
  payload: z.unknown().optional(),
})
export type JoinRun = z.infer<typeof joinRun>

export const gatePolicy = z.enum(['queue', 'drop', 'replace', 'join'])
export type GatePolicy = z.infer<typeof gatePolicy>

/** Input of `concurrencyGate`, which Update-with-Start of `enter` starts. `resume` is its own. */
export interface GateInput {
  runbook: string
  environment: string
  key: string
  resume?: { current: string | null; queue: EnterGate['run'][] }
}

/**
 * Update `enter` of `concurrencyGate`: a run asks to begin. Its row is there already; its plan goes by hash. Give the run's id as the update's id, so
 * that asking twice is asking once. Refused as `queue-full`.
 */
export const enterGate = z.object({
  run: z.object({
    planRef: z.string().min(1),
    priority: z.enum(['low', 'normal', 'high']),
    context: z.custom<RunContext>((value) => z.looseObject({ runId: z.uuid() }).safeParse(value).success),
  }),
  policy: gatePolicy,
})
export type EnterGate = z.infer<typeof enterGate>

/**
 * What became of it. `ran`: it began, or begins as soon as the run that it replaces has ended. `queued`: it begins after those before it. `joined`: it is a
 * part of `runId`. `dropped`: `runId` goes on and this one does not begin. For `joined` and `dropped` the caller settles the row that it made.
 */
export interface Entered {
  disposition: 'ran' | 'joined' | 'dropped' | 'queued'
  runId: string
}

/** What is on record of the event that asked, by what the gate decided. @param ran the sentence for one that began. */
export function recordOfEntered(
  disposition: Entered['disposition'],
  ran: string,
): { disposition: 'ran' | 'queued' | 'joined' | 'filtered'; reason: string } {
  switch (disposition) {
    case 'ran':
      return { disposition, reason: ran }
    case 'queued':
      return { disposition, reason: 'Its run waits for another one of the same concurrency key.' }
    case 'joined':
      return { disposition, reason: 'It became a part of a run that goes on.' }
    case 'dropped':
      return {
        disposition: 'filtered',
        reason: 'A run of the same concurrency key goes on, and the runbook drops others meanwhile.',
      }
  }
}

/**
 * Update `leave` of `concurrencyGate`: a run that waits (its row is `queued`) shall not begin; its row ends as cancelled. Refused as `not-waiting`
 * when it has begun: cancel the run itself then.
 */
export const leaveGate = z.object({
  runId: z.uuid(),
  by: z.string().min(1).max(longestLabel),
  reason: z.string().max(4000),
})
export type LeaveGate = z.infer<typeof leaveGate>

/** Input of `leaseAction`: a durable timer, apart from the run, that reverts one action. */
export const leaseInput = z.object({ actionId: z.string().min(1), leaseSeconds: z.number().positive() })
export type LeaseInput = z.infer<typeof leaseInput>

/** Update `revertNow` of `leaseAction`. */
export const revertNow = z.object({ by: z.string().min(1).max(longestLabel) })
export type RevertNow = z.infer<typeof revertNow>

/** Update `renewLease` of `leaseAction`: the lease then ends this many seconds from now. */
export const renewLease = z.object({
  by: z.string().min(1).max(longestLabel),
  seconds: z
    .number()
    .positive()
    .max(7 * 86_400),
})
export type RenewLease = z.infer<typeof renewLease>

/** Input of `settleAction`: the target of an action that is unknown is read once more. `verdict`: what the person who asks saw there, if they say. */
export const settleAction = z.object({
  actionId: z.string().min(1),
  by: z.string().min(1).max(longestLabel),
  verdict: z.object({ inEffect: z.boolean(), reason: z.string().min(1).max(400) }).nullable(),
})
export type SettleAction = z.infer<typeof settleAction>

/** Where the action stands then, or why nobody could look. */
export type SettledAction =
  | { kind: 'settled'; status: string }
  | { kind: 'refused'; code: string; message: string; fix: string }

/** Input of `runScheduled`, which a Temporal Schedule starts: which trigger of which runbook fires. */
export const scheduledInput = z.object({
  runbook: z.string().min(1),
  environment: z.string().min(1),
  trigger: z.string().min(1),
})
export type ScheduledInput = z.infer<typeof scheduledInput>

/** Input of `runBacktest`; its cases are in the database. */
export const backtestInput = z.object({ backtestId: z.string().min(1) })
export type BacktestInput = z.infer<typeof backtestInput>

/** Every workflow's signature, for typed clients: `client.workflow.start<Workflows['runRunbook']>(workflowNames.runRunbook, ...)`. */
export interface Workflows {
  runRunbook(input: RunStart): Promise<RunState>
  concurrencyGate(input: GateInput): Promise<void>
  leaseAction(input: LeaseInput): Promise<void>
  settleAction(input: SettleAction): Promise<SettledAction>
  runScheduled(input: ScheduledInput): Promise<void>
  runBacktest(input: BacktestInput): Promise<void>
}
