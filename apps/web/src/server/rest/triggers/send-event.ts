import * as z from 'zod'
import { actorKey } from '../../actor.ts'
import { publishEvent } from '../../inbound/events.ts'
import { defineOperation } from '../operation.ts'
import { decidedSchema } from './inbound-schema.ts'

const label = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'It has a NUL character in it')

const largestEvent = 256 * 1024

const body = z.strictObject({
  name: label.describe('What happened, such as `deploy-finished`.'),
  id: label.optional().describe('Equal ids of one name are the same event. A new one without it.'),
  payload: z.unknown().optional().describe('What triggers and waiting steps see as `event.payload`.'),
})

const published = decidedSchema.extend({
  met: z
    .array(z.object({ ...decidedSchema.shape, source: z.string().describe('The trigger, or the waiting step.') }))
    .describe('The triggers that listen for it and the steps that wait for it.'),
})

export const sendEvent = defineOperation({
  id: 'sendEvent',
  method: 'POST',
  path: '/api/v1/events',
  summary: 'Send an event',
  description: 'Starts the runbooks with an event trigger of this name and reaches the steps that wait for it.',
  role: 'operator',
  body,
  bodyLimit: largestEvent,
  responses: {
    200: { description: 'The same event came before, or nobody listens for it.', schema: published },
    202: { description: 'It reached somebody, or will.', schema: published },
  },
  async handler({ body: given, actor, services, reply }) {
    const { name, id = crypto.randomUUID(), payload = null } = given
    const event = { name, id, payload, hops: 0 }
    const result = await publishEvent(services, { event, bytes: Buffer.byteLength(JSON.stringify(payload)) })
    await services.db.audit.append({ actor: actorKey(actor), action: 'events.send', subject: name, detail: { id } })
    const nobody = result.disposition === 'deduplicated' || result.disposition === 'filtered'
    return reply(nobody ? 200 : 202, result)
  },
})
