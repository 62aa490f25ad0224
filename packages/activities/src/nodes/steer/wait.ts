import { waitInput, waitOutput } from '@tenon/runbook'
import { defineNode } from '../../node.ts'

const { for: duration, until } = waitInput.shape

export const wait = defineNode({
  type: 'steer.wait',
  version: 1,
  title: 'Wait',
  description: 'Waits for a time or until a moment, even over restarts. Give one of the two.',
  group: 'steer',
  icon: 'timer',
  effect: 'wait',
  idempotent: true,
  outcomes: [{ name: 'done', tone: 'neutral', meaning: 'The time is over.' }],
  mainInput: 'for',
  input: waitInput.extend({
    for: duration.meta({ title: 'For', description: 'How long, such as 5m.', 'x-widget': 'duration' }),
    until: until.meta({ title: 'Until', description: 'A moment in ISO 8601, such as 2026-01-31T09:30:00Z.' }),
  }),
  output: waitOutput,
})
