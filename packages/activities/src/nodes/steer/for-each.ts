import { eachInput, eachOutput } from '@tenon/runbook'
import * as z from 'zod'
import { defineNode } from '../../node.ts'

const { items, concurrency, tolerate } = eachInput.shape

export const forEach = defineNode({
  type: 'steer.for-each',
  version: 1,
  title: 'For each',
  description:
    'Runs the steps in it once for each item of a list, several at a time. In them, item and index say which one it is.',
  group: 'steer',
  icon: 'repeat',
  effect: 'each',
  idempotent: true,
  outcomes: [
    { name: 'done', tone: 'neutral', meaning: 'Every round is done.' },
    { name: 'partial', tone: 'inconclusive', meaning: 'Some rounds failed, no more than are tolerated.' },
    { name: 'empty', tone: 'neutral', meaning: 'The list is empty.' },
  ],
  mainInput: 'items',
  late: { collect: 'round' },
  // Without a written timeout a loop takes as long as its rounds do.
  defaults: { timeoutSeconds: 0, attempts: 1 },
  input: eachInput.extend({
    items: items.meta({ title: 'Items', description: 'A list, at most 1,000 items.', 'x-widget': 'cel' }),
    concurrency: concurrency.meta({ title: 'At a time', description: 'How many rounds go on at the same time.' }),
    tolerate: tolerate.meta({
      title: 'Tolerate',
      description: 'How many rounds may fail: a number, or a share such as 20%. One more, and the loop fails.',
      'x-widget': 'scalar',
    }),
    collect: z.unknown().optional().meta({
      title: 'Collect',
      description:
        'What each round gives, over its steps, e.g. steps.check.output.verdict. It is the value in the results.',
      'x-widget': 'cel',
    }),
  }),
  output: eachOutput,
})
