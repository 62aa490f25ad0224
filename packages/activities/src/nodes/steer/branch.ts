import * as z from 'zod'
import { defineNode } from '../../node.ts'

export const branch = defineNode({
  type: 'steer.branch',
  version: 1,
  title: 'Branch',
  description:
    'Goes one of two ways by a condition. Usually the condition is an expression over what earlier steps found, e.g. whether the loss sits in one zone.',
  group: 'steer',
  icon: 'split',
  effect: 'compute',
  idempotent: true,
  outcomes: [
    { name: 'yes', tone: 'neutral', meaning: 'The condition holds.' },
    { name: 'no', tone: 'neutral', meaning: 'The condition does not hold.' },
  ],
  mainInput: 'condition',
  input: z.object({
    condition: z.boolean().meta({
      title: 'Condition',
      description: 'An expression that gives true or false.',
      'x-widget': 'cel',
    }),
  }),
  output: z.object({ condition: z.boolean() }),
  run(_ctx, { condition }) {
    return {
      outcome: condition ? 'yes' : 'no',
      output: { condition },
      summary: condition ? 'The condition holds' : 'The condition does not hold',
    }
  },
})
