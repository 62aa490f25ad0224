import * as z from 'zod'
import { defineNode } from '../../node.ts'

export const switchCase = defineNode({
  type: 'steer.switch',
  version: 1,
  title: 'Switch',
  description: 'Goes the way of the first case whose condition holds. Each case is an outcome with its own edge.',
  group: 'steer',
  icon: 'route',
  effect: 'compute',
  idempotent: true,
  outcomes: [{ name: 'otherwise', tone: 'neutral', meaning: 'No case holds.' }],
  outcomesFrom: 'cases',
  input: z.object({
    cases: z
      .array(
        z.object({
          name: z.string().meta({ title: 'Case' }),
          when: z.boolean().meta({ title: 'When', 'x-widget': 'cel' }),
        }),
      )
      .min(1)
      .max(20)
      .meta({ title: 'Cases', description: 'Looked at in order; the first that holds is taken.' }),
  }),
  output: z.object({ case: z.string() }),
  run(_ctx, { cases }) {
    const name = cases.find(({ when }) => when)?.name ?? 'otherwise'
    return { outcome: name, output: { case: name }, summary: `Goes the way of ${name}` }
  },
})
