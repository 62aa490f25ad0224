import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { leaseField, secondsOf, targetField, whileAlertField, whileOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  connection: targetField.meta({ title: 'Connection', description: 'Of kind kubernetes.' }),
  node: targetField.meta({ title: 'Node', description: 'Its name in the cluster.' }),
  evict: z.boolean().default(true).meta({ title: 'Move its pods', description: 'Off: only no new pods come.' }),
  lease: leaseField,
  whileAlert: whileAlertField,
})

export const drainNode = defineNode({
  type: 'act.drain-node',
  version: 1,
  title: 'Drain a node',
  description:
    'Takes a Kubernetes node out of scheduling and moves its pods within their disruption budgets. When the lease ends it takes new pods again.',
  group: 'act',
  icon: 'boxes',
  effect: 'write',
  idempotent: true,
  outcomes: actionOutcomes,
  mainInput: 'node',
  input,
  output: actionOutput,
  defaults: { timeoutSeconds: 120, attempts: 3 },
  plan: (ctx, given) => ctx.actions.plan(requestOf(given)),
  async run(ctx, given, options) {
    const action = await ctx.actions.apply(requestOf(given), options)
    return actionResult(action, `${given.node} ${given.evict ? 'drained' : 'cordoned'}`)
  },
})

function requestOf({ connection, node, evict, lease, whileAlert }: z.infer<typeof input>): ActionRequest {
  return { kind: 'drain-node', connection, node, evict, leaseSeconds: secondsOf(lease), ...whileOf({ whileAlert }) }
}
