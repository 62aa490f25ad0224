import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import {
  leaseField,
  optionalTargetField,
  secondsOf,
  targetEntityField,
  whileAlertField,
  whileOf,
  harmField,
  harmOf,
} from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  entity: targetEntityField.meta({
    title: 'Entity',
    description: 'Whose requests are limited; one service with an edge in the model.',
    'x-widget': 'entity',
  }),
  requestsPerSecond: z
    .number()
    .positive()
    .meta({ title: 'Requests per second', description: 'What is let through; the rest is refused at the edge.' }),
  route: optionalTargetField
    .max(128)
    .refine((text) => text === '' || text.startsWith('/'), 'Write a path as /refund.')
    .optional()
    .meta({ title: 'Route', description: 'Only requests whose path after the service begins so, e.g. /refund.' }),
  caller: optionalTargetField.max(64).optional().meta({
    title: 'Caller',
    description: 'Only requests of this caller, as the edge names it. Not together with a route.',
  }),
  lease: leaseField,
  whileAlert: whileAlertField,
  harm: harmField,
})

export const rateLimit = defineNode({
  type: 'act.rate-limit',
  version: 1,
  title: 'Limit the rate',
  description:
    'Limits the requests per second that reach a service, all of them or those of one route or caller, reads the limit back, and restores the old one when the lease ends. Refused when it would turn most of the present traffic away.',
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
    const of = given.route || given.caller
    const what = of ? `${of} at ${given.entity}` : given.entity
    return actionResult(action, `${what} limited to ${given.requestsPerSecond} requests/s`)
  },
})

/** A field that was left empty in a form is none. */
function requestOf({
  entity,
  requestsPerSecond,
  route,
  caller,
  lease,
  whileAlert,
  harm,
}: z.infer<typeof input>): ActionRequest {
  return {
    kind: 'rate-limit',
    entity,
    requestsPerSecond,
    ...(route ? { route } : {}),
    ...(caller ? { caller } : {}),
    leaseSeconds: secondsOf(lease),
    ...whileOf({ whileAlert }),
    ...harmOf({ harm }),
  }
}
