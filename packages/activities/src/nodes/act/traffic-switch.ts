import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { entityField, leaseField, secondsOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  entity: entityField.meta({
    title: 'Entity',
    description: 'Whose traffic is switched; an entity with an edge in the model.',
    'x-widget': 'entity',
  }),
  fromZone: z.string().min(1).meta({ title: 'From zone', description: 'The zone to leave.', 'x-widget': 'zone' }),
  toZone: z.string().min(1).meta({ title: 'To zone', description: 'The zone that takes over.', 'x-widget': 'zone' }),
  lease: leaseField,
})

export const trafficSwitch = defineNode({
  type: 'act.traffic-switch',
  version: 1,
  title: 'Switch traffic',
  description:
    'Takes the traffic of an entity away from one zone by setting the weights of its servers there to 0, verifies that requests moved, and puts the old weights back when the lease ends. Refused when too few servers or too little capacity would remain.',
  group: 'act',
  icon: 'arrow-left-right',
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
    return actionResult(action, `${given.entity} traffic switched from zone ${given.fromZone} to zone ${given.toZone}`)
  },
})

function requestOf({ entity, fromZone, toZone, lease }: z.infer<typeof input>): ActionRequest {
  return { kind: 'traffic-switch', entity, fromZone, toZone, leaseSeconds: secondsOf(lease) }
}
