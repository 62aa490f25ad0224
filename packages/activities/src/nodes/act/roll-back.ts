import * as z from 'zod'
import { workloadEntityField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const rollBack = defineAction({
  type: 'act.roll-back',
  title: 'Roll back',
  description:
    'Gives a deployment the pod template of an earlier revision, reads it back, and restores the present one when the lease ends.',
  icon: 'repeat',
  mainInput: 'entity',
  input: leasedInput({
    entity: workloadEntityField,
    revision: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .meta({ title: 'Revision', description: 'Empty is the one before this.' }),
  }),
  request: ({ entity, revision }, common) => ({ kind: 'roll-back', entity, revision, ...common }),
  said: ({ entity }) => `${entity} rolled back`,
})
