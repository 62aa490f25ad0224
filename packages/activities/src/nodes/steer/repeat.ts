import { repeatInput, repeatOutput } from '@tenon/runbook'
import * as z from 'zod'
import { defineNode } from '../../node.ts'

const { atMost, every } = repeatInput.shape

export const repeat = defineNode({
  type: 'steer.repeat',
  version: 1,
  title: 'Repeat until',
  description:
    'Runs the steps in it again and again until a condition over them holds. In them index counts the rounds from 0.',
  group: 'steer',
  icon: 'rotate-cw',
  effect: 'repeat',
  idempotent: true,
  outcomes: [
    { name: 'met', tone: 'neutral', meaning: 'The condition holds.' },
    { name: 'exhausted', tone: 'inconclusive', meaning: 'It did not hold in as many rounds as are allowed.' },
  ],
  mainInput: 'until',
  late: { until: 'round', collect: 'round' },
  defaults: { timeoutSeconds: 0, attempts: 1 },
  input: repeatInput.extend({
    until: z.boolean().meta({
      title: 'Until',
      description: 'A condition over the steps of the round, e.g. steps.check.outcome == "normal".',
      'x-widget': 'cel',
    }),
    atMost: atMost.meta({ title: 'At most', description: 'How many rounds.' }),
    every: every.meta({ title: 'Pause', description: 'Time between two rounds.', 'x-widget': 'duration' }),
    collect: z.unknown().optional().meta({
      title: 'Collect',
      description: 'What the last round gives; it is value in the output.',
      'x-widget': 'cel',
    }),
  }),
  output: repeatOutput,
})
