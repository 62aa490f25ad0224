import * as z from 'zod'
import { optionalTargetField, rampField, targetEntityField, targetField } from '../../input-fields.ts'
import { NodeError } from '../../node-error.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const trafficSwitch = defineAction({
  type: 'act.traffic-switch',
  title: 'Switch traffic',
  description:
    'Takes the traffic of an entity away from one zone, or from named hosts, by setting the weights of the servers there to 0, verifies that requests moved, and puts the old weights back when the lease ends. Refused when too few servers or too little capacity would remain.',
  icon: 'arrow-left-right',
  mainInput: 'entity',
  input: leasedInput({
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
    ramp: rampField,
  }).meta({ 'x-one-of': [['fromZone', 'toZone'], ['hosts']] }),
  // Zones or hosts: what is neither is refused before anything is asked, so that an empty selection never means all.
  request({ entity, fromZone, toZone, hosts, ramp }, common) {
    const wanted = { kind: 'traffic-switch' as const, entity, ...common, ...(ramp ? { ramp } : {}) }
    if (hosts !== undefined && hosts.length > 0) {
      if (fromZone || toZone)
        throw new NodeError('bad-input', 'Traffic is taken away from a zone or from hosts, not from both.', {
          fix: 'Leave the zones empty, or the hosts.',
        })
      return { ...wanted, fromZone: '', toZone: '', hosts }
    }
    if (!fromZone || !toZone)
      throw new NodeError('bad-input', 'Neither the zones nor any host is named, so nothing would be switched.', {
        fix: 'Choose the zone to leave and the one that takes over, or name hosts.',
      })
    return { ...wanted, fromZone, toZone }
  },
  said({ entity, fromZone, toZone, hosts }) {
    return hosts === undefined || hosts.length === 0
      ? `${entity} traffic switched from zone ${fromZone} to zone ${toZone}`
      : `${entity} traffic taken away from ${hosts.join(', ')}`
  },
})
