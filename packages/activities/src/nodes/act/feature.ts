import * as z from 'zod'
import { nameField, targetField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const feature = defineAction({
  type: 'act.feature',
  title: 'Degrade a feature',
  description:
    'Sets a feature of a gateway to one of its values (off, cached, ...), reads it back, and restores the old value when the lease ends.',
  icon: 'toggle-left',
  mainInput: 'feature',
  input: leasedInput({
    connection: targetField.meta({
      title: 'Connection',
      description: 'What has the feature: a gateway (kind http-edge), nginx or Envoy.',
      'x-widget': 'connection',
    }),
    feature: nameField.meta({
      title: 'Feature',
      description: 'Its name there, e.g. recommendations; of Envoy the runtime key.',
      'x-widget': 'text',
    }),
    value: z.union([z.string().min(1), z.number(), z.boolean()]).meta({
      title: 'Value',
      description: 'What it is set to, e.g. off; one that the gateway has.',
      'x-widget': 'scalar',
    }),
  }),
  request: ({ connection, feature: name, value }, common) => ({
    kind: 'feature',
    connection,
    feature: name,
    value,
    ...common,
  }),
  said: (given) => `${given.feature} set to ${given.value}`,
})
