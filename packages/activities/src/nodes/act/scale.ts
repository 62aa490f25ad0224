import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import {
  leaseField,
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
    description: 'One with a workload in the model: a deployment of a Kubernetes connection.',
    'x-widget': 'entity',
  }),
  replicas: z
    .number()
    .int()
    .min(0)
    .meta({ title: 'Replicas', description: 'How many there will be, not how many more.' }),
  lease: leaseField,
  whileAlert: whileAlertField,
  harm: harmField,
})

export const scale = defineNode({
  type: 'act.scale',
  version: 1,
  title: 'Scale',
  description:
    'Sets how many replicas a deployment has, reads it back, and restores the old number when the lease ends. Refused below the capacity floor.',
  group: 'act',
  icon: 'scale',
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
    return actionResult(action, `${given.entity} scaled to ${given.replicas}`)
  },
})

function requestOf({ entity, replicas, lease, whileAlert, harm }: z.infer<typeof input>): ActionRequest {
  return {
    kind: 'scale',
    entity,
    replicas,
    leaseSeconds: secondsOf(lease),
    ...whileOf({ whileAlert }),
    ...harmOf({ harm }),
  }
}
