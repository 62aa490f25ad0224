import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { targetEntityField, whileAlertField, whileOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  entity: targetEntityField.meta({
    title: 'Entity',
    description: 'One with a workload in the model: a deployment of a Kubernetes connection.',
    'x-widget': 'entity',
  }),
  at: z.iso.datetime({ offset: true }).meta({
    title: 'At',
    description: 'A time that names this restart, such as when the run started: the same time restarts once.',
  }),
  whileAlert: whileAlertField,
})

export const restart = defineNode({
  type: 'act.restart',
  version: 1,
  title: 'Restart',
  description:
    'Restarts the pods of a deployment one after the other, as its strategy says. It cannot be put back, so it has no lease.',
  group: 'act',
  icon: 'rotate-cw',
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
    return actionResult(action, `${given.entity} restarts`)
  },
})

function requestOf({ entity, at, whileAlert }: z.infer<typeof input>): ActionRequest {
  return { kind: 'restart', entity, at, ...whileOf({ whileAlert }) }
}
