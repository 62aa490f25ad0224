import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { leaseField, secondsOf, targetField, whileAlertField, whileOf, harmField, harmOf } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  connection: targetField.meta({
    title: 'Connection',
    description: 'What has the feature: a gateway (kind http-edge), nginx or Envoy.',
    'x-widget': 'connection',
  }),
  feature: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, 'use letters, digits and _ . : - only')
    .meta({
      title: 'Feature',
      description: 'Its name there, e.g. recommendations; of Envoy the runtime key.',
      'x-widget': 'text',
    }),
  value: z.union([z.string().min(1), z.number(), z.boolean()]).meta({
    title: 'Value',
    description: 'What it is set to, e.g. off; one that the gateway has.',
    'x-widget': 'scalar',
  }),
  lease: leaseField,
  whileAlert: whileAlertField,
  harm: harmField,
})

export const feature = defineNode({
  type: 'act.feature',
  version: 1,
  title: 'Degrade a feature',
  description:
    'Sets a feature of a gateway to one of its values (off, cached, ...), reads it back, and restores the old value when the lease ends.',
  group: 'act',
  icon: 'toggle-left',
  effect: 'write',
  idempotent: true,
  outcomes: actionOutcomes,
  mainInput: 'feature',
  input,
  output: actionOutput,
  defaults: { timeoutSeconds: 120, attempts: 3 },
  plan: (ctx, given) => ctx.actions.plan(requestOf(given)),
  async run(ctx, given, options) {
    const action = await ctx.actions.apply(requestOf(given), options)
    return actionResult(action, `${given.feature} set to ${given.value}`)
  },
})

function requestOf({
  connection,
  feature: name,
  value,
  lease,
  whileAlert,
  harm,
}: z.infer<typeof input>): ActionRequest {
  return {
    kind: 'feature',
    connection,
    feature: name,
    value,
    leaseSeconds: secondsOf(lease),
    ...whileOf({ whileAlert }),
    ...harmOf({ harm }),
  }
}
