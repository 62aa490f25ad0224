/** The kill switch: while writes are stopped no run applies anything and no lease reverts by itself. A person can still put back what is in effect. */
import { parseStopScope } from '@tenon/actions'
import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import type { Services } from '../../services.ts'
import { assertKnownScope } from '../../stop-scopes.ts'
import { defineOperation } from '../operation.ts'
import { time } from '../runs/run-schema.ts'

const stopSchema = z.object({
  scope: z.string().describe('`all`, `connection:…`, `target:…`, `kind:…` or `runbook:…`.'),
  by: z.string(),
  reason: z.string(),
  at: time,
})

const writes = z
  .object({
    stopped: stopSchema.omit({ scope: true }).nullable().describe('The stop on everything; null: there is none.'),
    stops: z.array(stopSchema).describe('All stops, also narrower ones, newest first. Empty: writes are on.'),
  })
  .meta({ id: 'Writes' })

const scope = z
  .string()
  .max(320)
  .default('all')
  .describe('`all`, `connection:<name>`, `target:<connection>/<backend>`, `kind:<kind>` or `runbook:<name>`.')

const state = async ({ db }: Services): Promise<z.input<typeof writes>> => {
  const stops = (await db.settings.writeStops()).map((stop) => ({ ...stop, at: new Date(stop.at).toISOString() }))
  const all = stops.find((stop) => stop.scope === 'all')
  return { stopped: all ? { by: all.by, reason: all.reason, at: all.at } : null, stops }
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
  summary: 'Stop writes',
  description:
    'From now on no run applies anything (of the scope). What is in effect stays, also when its lease ends: it does not revert by itself until writes resume. A person still can put it back.',
  role: 'operator',
  body: z.strictObject({ reason: z.string().trim().min(1, 'Say why: others will ask.').max(400), scope }),
  responses: { 200: { description: 'The kill switch.', schema: writes } },
  errors: { 'bad-request': 'The scope is none, or there is nothing of that name.' },
  async handler({ body: { reason, scope: of }, actor, services, reply }) {
    await assertKnownScope(services, parseStopScope(of))
    await services.db.settings.stopWrites(labelOf(actor), reason, of)
    await services.db.audit.append({
      actor: actorKey(actor),
      action: 'writes.stop',
      subject: of,
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
  description: 'Ends the stop of one scope; the others hold on.',
  role: 'operator',
  query: z.strictObject({ scope }),
  responses: { 200: { description: 'The kill switch.', schema: writes } },
  errors: { 'bad-request': 'The scope is none.' },
  async handler({ query: { scope: of }, actor, services, reply }) {
    parseStopScope(of)
    await services.db.settings.resumeWrites(of)
    await services.db.audit.append({ actor: actorKey(actor), action: 'writes.resume', subject: of })
    return reply(200, await state(services))
  },
})
