import * as z from 'zod'
import { workloadEntityField } from '../../input-fields.ts'
import { defineLastingAction, lastingInput } from '../../define-action.ts'

export const restart = defineLastingAction({
  type: 'act.restart',
  title: 'Restart',
  description:
    'Restarts the pods of a deployment one after the other, as its strategy says. It cannot be put back, so it has no lease.',
  icon: 'rotate-cw',
  mainInput: 'entity',
  input: lastingInput({
    entity: workloadEntityField,
    at: z.iso.datetime({ offset: true }).meta({
      title: 'At',
      description: 'A time that names this restart, such as when the run started: the same time restarts once.',
    }),
  }),
  request: ({ entity, at }, common) => ({ kind: 'restart', entity, at, ...common }),
  said: ({ entity }) => `${entity} restarts`,
})
