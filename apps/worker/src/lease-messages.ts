/** What the worker's own parts say to an action's lease, beyond the Updates of packages/runbook `protocol.ts`. */
import { revertNow } from '@tenon/runbook'
import * as z from 'zod'

/** `revertNow` with its reason: a run that puts back what it applied, and a breaker, must respect the kill switch, a person need not. */
export const revertRequest = revertNow.extend({ reason: z.enum(['person', 'run', 'harm']).optional() })
export type RevertRequest = z.infer<typeof revertRequest>

export const actionNotDoneSignalName = 'actionNotDone'
export const actionSettledSignalName = 'actionSettled'
