import * as z from 'zod'
import { defineNode } from '../../node.ts'

export const setValues = defineNode({
  type: 'steer.set-values',
  version: 1,
  title: 'Set values',
  description: 'Names values once, so that later steps read them by name. Nothing outside is touched.',
  group: 'steer',
  icon: 'variable',
  effect: 'compute',
  idempotent: true,
  outcomes: [{ name: 'done', tone: 'neutral', meaning: 'The values are set.' }],
  outputFrom: 'values',
  input: z.object({
    values: z.record(z.string(), z.unknown()).meta({
      title: 'Values',
      description: 'Each a literal or an expression; later steps read steps.<id>.output.<name>.',
    }),
  }),
  output: z.record(z.string(), z.unknown()),
  run(_ctx, { values }) {
    const names = Object.keys(values)
    return { outcome: 'done', output: values, summary: names.length === 0 ? 'No values' : `Set ${names.join(', ')}` }
  },
})
