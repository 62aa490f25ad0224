import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import {
  leaseField,
  optionalTargetField,
  secondsOf,
  targetEntityField,
  targetField,
  whileAlertField,
  whileOf,
  harmField,
  harmOf,
  rampField,
} from '../../input-fields.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z
  .object({
    entity: targetEntityField.meta({
      title: 'Entity',
      description: 'Whose traffic is switched; an entity with an edge in the model.',
      'x-widget': 'entity',
    }),
    fromZone: optionalTargetField
      .default('')
      .meta({ title: 'From zone', description: 'The zone to leave. Empty when hosts are named.', 'x-widget': 'zone' }),
    toZone: optionalTargetField.default('').meta({
      title: 'To zone',
      description: 'The zone that takes over. Empty when hosts are named.',
      'x-widget': 'zone',
    }),
    hosts: z
      .array(targetField)
      .min(1)
      .max(100)
      .optional()
      .meta({ title: 'Hosts', description: 'Only these hosts are taken out, instead of a zone, e.g. pay-a-2.' }),
    lease: leaseField,
    whileAlert: whileAlertField,
    harm: harmField,
    ramp: rampField,
  })
  .meta({ 'x-one-of': [['fromZone', 'toZone'], ['hosts']] })

export const trafficSwitch = defineNode({
  type: 'act.traffic-switch',
  version: 1,
  title: 'Switch traffic',
  description:
    'Takes the traffic of an entity away from one zone, or from named hosts, by setting the weights of the servers there to 0, verifies that requests moved, and puts the old weights back when the lease ends. Refused when too few servers or too little capacity would remain.',
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
    const { entity, fromZone, toZone, hosts } = given
    if (hosts === undefined || hosts.length === 0)
      return actionResult(action, `${entity} traffic switched from zone ${fromZone} to zone ${toZone}`)
    return actionResult(action, `${entity} traffic taken away from ${hosts.join(', ')}`)
  },
})

/** Zones or hosts: what is neither is refused before anything is asked, so that an empty selection never means all. */
function requestOf({
  entity,
  fromZone,
  toZone,
  hosts,
  lease,
  whileAlert,
  harm,
  ramp,
}: z.infer<typeof input>): ActionRequest {
  const common = {
    kind: 'traffic-switch' as const,
    entity,
    leaseSeconds: secondsOf(lease),
    ...whileOf({ whileAlert }),
    ...harmOf({ harm }),
    ...(ramp ? { ramp } : {}),
  }
  if (hosts !== undefined && hosts.length > 0) {
    if (fromZone || toZone)
      throw new NodeError('bad-input', 'Traffic is taken away from a zone or from hosts, not from both.', {
        fix: 'Leave the zones empty, or the hosts.',
      })
    return { ...common, fromZone: '', toZone: '', hosts }
  }
  if (!fromZone || !toZone)
    throw new NodeError('bad-input', 'Neither the zones nor any host is named, so nothing would be switched.', {
      fix: 'Choose the zone to leave and the one that takes over, or name hosts.',
    })
  return { ...common, fromZone, toZone }
}
