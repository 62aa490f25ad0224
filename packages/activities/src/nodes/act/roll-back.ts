import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { leaseField, secondsOf, targetEntityField, whileAlertField, whileOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  entity: targetEntityField.meta({
    title: 'Entity',
    description: 'One with a workload in the model: a deployment of a Kubernetes connection.',
    'x-widget': 'entity',
  }),
  revision: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .meta({ title: 'Revision', description: 'Empty is the one before this.' }),
  lease: leaseField,
  whileAlert: whileAlertField,
})

export const rollBack = defineNode({
  type: 'act.roll-back',
  version: 1,
  title: 'Roll back',
  description:
    'Gives a deployment the pod template of an earlier revision, reads it back, and restores the present one when the lease ends.',
  group: 'act',
  icon: 'repeat',
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
    return actionResult(action, `${given.entity} rolled back`)
  },
})

function requestOf({ entity, revision, lease, whileAlert }: z.infer<typeof input>): ActionRequest {
  return { kind: 'roll-back', entity, revision, leaseSeconds: secondsOf(lease), ...whileOf({ whileAlert }) }
}
