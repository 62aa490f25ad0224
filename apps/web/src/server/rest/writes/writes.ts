/** The kill switch: while writes are stopped no run applies anything. What is in effect can still be put back. */
import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import type { Services } from '../../services.ts'
import { defineOperation } from '../operation.ts'
import { time } from '../runs/run-schema.ts'

const writes = z
  .object({
    stopped: z.object({ by: z.string(), reason: z.string(), at: time }).nullable().describe('null: writes are on.'),
  })
  .meta({ id: 'Writes' })

const state = async ({ db }: Services): Promise<z.input<typeof writes>> => {
  const stopped = await db.settings.writesStopped()
  return { stopped: stopped && { by: stopped.by, reason: stopped.reason, at: stopped.at } }
}

export const getWrites = defineOperation({
  id: 'getWrites',
  method: 'GET',
  path: '/api/v1/writes',
  summary: 'Whether writes are stopped',
  role: 'viewer',
  responses: { 200: { description: 'The kill switch.', schema: writes } },
  handler: async ({ services, reply }) => reply(200, await state(services)),
})

export const stopWrites = defineOperation({
  id: 'stopWrites',
  method: 'POST',
  path: '/api/v1/writes/stop',
  summary: 'Stop all writes',
  description:
    'From now on no run applies anything. What is in effect stays, still reverts when its lease ends, and can be put back.',
  role: 'operator',
  body: z.strictObject({ reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }),
  responses: { 200: { description: 'The kill switch.', schema: writes } },
  async handler({ body: { reason }, actor, services, reply }) {
    await services.db.settings.stopWrites(labelOf(actor), reason)
    await services.db.audit.append({
      actor: actorKey(actor),
      action: 'writes.stop',
      subject: 'writes',
      detail: { reason },
    })
    return reply(200, await state(services))
  },
})

export const resumeWrites = defineOperation({
  id: 'resumeWrites',
  method: 'POST',
  path: '/api/v1/writes/resume',
  summary: 'Let writes happen again',
  role: 'operator',
  responses: { 200: { description: 'The kill switch.', schema: writes } },
  async handler({ actor, services, reply }) {
    await services.db.settings.resumeWrites()
    await services.db.audit.append({ actor: actorKey(actor), action: 'writes.resume', subject: 'writes' })
    return reply(200, await state(services))
  },
})
