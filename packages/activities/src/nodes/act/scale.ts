import * as z from 'zod'
import { workloadEntityField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const scale = defineAction({
  type: 'act.scale',
  title: 'Scale',
  description:
    'Sets how many replicas a deployment has, reads it back, and restores the old number when the lease ends. Refused below the capacity floor.',
  icon: 'scale',
  mainInput: 'entity',
  input: leasedInput({
    entity: workloadEntityField,
    replicas: z
      .number()
      .int()
      .min(0)
      .meta({ title: 'Replicas', description: 'How many there will be, not how many more.' }),
  }),
  request: ({ entity, replicas }, common) => ({ kind: 'scale', entity, replicas, ...common }),
  said: ({ entity, replicas }) => `${entity} scaled to ${replicas}`,
})
