/**
 * How processes talk to a run in Temporal: names of workflows, updates and queries, and the payloads they carry. The web server calls them, the
 * worker's workflows answer them. Payloads that people cause are zod schemas, so that the workflow's validators parse what arrives.
 */
import * as z from 'zod'
import type { RunInput, RunState } from './run.ts'

export const taskQueue = 'tenon'

export const workflowNames = {
  runRunbook: 'runRunbook',
  leaseAction: 'leaseAction',
  runScheduled: 'runScheduled',
} as const
export const updateNames = {
  decideApproval: 'decideApproval',
  cancelRun: 'cancelRun',
  revertNow: 'revertNow',
  renewLease: 'renewLease',
} as const
export const queryNames = { runState: 'runState' } as const

/** The run's id is a uuid and is the workflow's id. */
export const runWorkflowId = (runId: string): string => runId
export const leaseWorkflowId = (actionId: string): string => `lease-${actionId}`
/** The Temporal Schedule of a runbook. */
export const scheduleId = (runbookId: string): string => `runbook-${runbookId}`

/** Update `decideApproval` of `runRunbook`. Refused with an `approvalRefusal`. */
export const decideApproval = z.object({
  stepId: z.string().min(1).max(64),
  decision: z.enum(['approved', 'rejected']),
  /** Who decides, as people know them (an e-mail address or a token's name). */
  by: z.string().min(1).max(320),
  comment: z.string().max(4000).optional(),
  /** Hashes of the plans that the person saw; the decision counts for these and no others. */
  hashes: z.array(z.string().max(100)).max(200),
})
export type DecideApproval = z.infer<typeof decideApproval>

/** Codes with which the validator of `decideApproval` refuses. */
export const approvalRefusal = z.enum([
  'no-such-waiting-step',
  'plan-changed',
  'already-decided',
  'requester-may-not-approve',
])
export type ApprovalRefusal = z.infer<typeof approvalRefusal>

/** Update `cancelRun` of `runRunbook`. */
export const cancelRun = z.object({ by: z.string().min(1).max(320), reason: z.string().max(4000) })
export type CancelRun = z.infer<typeof cancelRun>

/** Input of `leaseAction`: a durable timer, apart from the run, that reverts one action. */
export const leaseInput = z.object({ actionId: z.string().min(1), leaseSeconds: z.number().positive() })
export type LeaseInput = z.infer<typeof leaseInput>

/** Update `revertNow` of `leaseAction`. */
export const revertNow = z.object({ by: z.string().min(1).max(320) })
export type RevertNow = z.infer<typeof revertNow>

/** Update `renewLease` of `leaseAction`: the lease then ends this many seconds from now. */
export const renewLease = z.object({
  by: z.string().min(1).max(320),
  seconds: z
    .number()
    .positive()
    .max(7 * 86_400),
})
export type RenewLease = z.infer<typeof renewLease>

/** Input of `runScheduled`, which a Temporal Schedule starts. */
export const scheduledInput = z.object({ runbookId: z.string().min(1) })
export type ScheduledInput = z.infer<typeof scheduledInput>

/** Every workflow's signature, for typed clients: `client.workflow.start<Workflows['runRunbook']>(workflowNames.runRunbook, ...)`. */
export interface Workflows {
  runRunbook(input: RunInput): Promise<RunState>
  leaseAction(input: LeaseInput): Promise<void>
  runScheduled(input: ScheduledInput): Promise<void>
}
