import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { entityField, leaseField, secondsOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  entity: entityField.meta({
    title: 'Entity',
    description: 'Whose requests are limited; one service with an edge in the model.',
    'x-widget': 'entity',
  }),
  requestsPerSecond: z
    .number()
    .positive()
    .meta({ title: 'Requests per second', description: 'What is let through; the rest is refused at the edge.' }),
  lease: leaseField,
})

export const rateLimit = defineNode({
  type: 'act.rate-limit',
  version: 1,
  title: 'Limit the rate',
  description:
    'Limits the requests per second that reach a service, reads the limit back, and restores the old one when the lease ends. Refused when it would turn most of the present traffic away.',
  group: 'act',
  icon: 'gauge',
  effect: 'write',
  idempotent: true,
  outcomes: actionOutcomes,
  mainInput: 'entity',
  input,
  output: actionOutput,
  defaults: { timeoutSeconds: 120, attempts: 3 },
  plan: (ctx, given) => ctx.actions.plan(requestOf(given)),
  async run(ctx, given, options) {
    const action = await ctx.actions.apply(requestOf(given), options)
    return actionResult(action, `${given.entity} limited to ${given.requestsPerSecond} requests/s`)
  },
})

function requestOf({ entity, requestsPerSecond, lease }: z.infer<typeof input>): ActionRequest {
  return { kind: 'rate-limit', entity, requestsPerSecond, leaseSeconds: secondsOf(lease) }
}
