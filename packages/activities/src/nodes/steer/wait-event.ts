import { eventInput, eventOutput } from '@tenon/runbook'
import * as z from 'zod'
import { defineNode } from '../../node.ts'

const { event, expiresAfter } = eventInput.shape

export const waitEvent = defineNode({
  type: 'steer.wait-event',
  version: 1,
  title: 'Wait for an event',
  description: 'Waits until an event of this name comes, from the API or from another runbook.',
  group: 'steer',
  icon: 'radio',
  effect: 'event',
  idempotent: true,
  outcomes: [
    { name: 'received', tone: 'neutral', meaning: 'The event came.' },
    { name: 'expired', tone: 'inconclusive', meaning: 'It did not come in time.' },
  ],
  mainInput: 'event',
  late: { match: 'event' },
  input: eventInput.extend({
    event: event.meta({ title: 'Event', description: 'Its name, e.g. deploy.finished.', 'x-widget': 'text' }),
    expiresAfter: expiresAfter.meta({
      title: 'Expires after',
      description: 'How long it waits before it ends as "expired".',
      'x-widget': 'duration',
    }),
    match: z.boolean().optional().meta({
      title: 'Only when',
      description: 'A condition over event (name, id, payload). Events for which it does not hold are passed over.',
      'x-widget': 'cel',
    }),
  }),
  output: eventOutput,
})
