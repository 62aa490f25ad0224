/** What the campaign tells its actuators, and what they say. */
import { actionRequest, actionStatus } from '@tenon/actions'
import * as z from 'zod'

const common = { job: z.number(), key: z.string() }
export const job = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('apply'), ...common, request: actionRequest, approve: z.boolean() }),
  z.object({ kind: z.literal('revert'), ...common, actionId: z.string(), reason: z.enum(['lease', 'person']) }),
])
export type Job = z.infer<typeof job>

export const jobAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('ended'), job: z.number(), id: z.string(), status: actionStatus }),
  z.object({ kind: z.literal('failed'), job: z.number(), code: z.string(), message: z.string() }),
])
export type JobAnswer = z.infer<typeof jobAnswer>
