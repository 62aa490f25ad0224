import * as z from 'zod'
import { defineNode } from '../../node.ts'

export const sendEvent = defineNode({
  type: 'act.send-event',
  version: 1,
  title: 'Send an event',
  description:
    'Tells other runbooks that something happened: those with a trigger for it start, and steps that wait for it go on.',
  group: 'act',
  icon: 'send',
  effect: 'write',
  idempotent: true,
  outcomes: [{ name: 'sent', tone: 'neutral', meaning: 'The event is on its way.' }],
  mainInput: 'event',
  input: z.object({
    event: z.string().min(1).max(200).meta({
      title: 'Event',
      description: 'Its name, e.g. zone.drained.',
      'x-widget': 'text',
    }),
    payload: z.record(z.string(), z.unknown()).default({}).meta({
      title: 'Payload',
      description: 'What goes with it; receivers read event.payload.',
    }),
  }),
  output: z.object({ event: z.string() }),
  async run(ctx, { event, payload }, { key }) {
    await ctx.events.emit(event, payload, key)
    return { outcome: 'sent', output: { event }, summary: `Sent "${event}"` }
  },
})
