import * as z from 'zod'
import { problemOf } from '../../errors.ts'
import { defineOperation } from '../operation.ts'

export const healthz = defineOperation({
  id: 'getHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the web process lives',
  role: 'anyone',
  responses: { 200: { description: 'It does.', schema: z.object({ ok: z.literal(true) }) } },
  handler: ({ reply }) => reply(200, { ok: true }),
})

const part = z.string().describe('`ok`, or the code of what is wrong.')
const readiness = z.object({ ok: z.boolean(), database: part, temporal: part }).meta({ id: 'Readiness' })

export const readyz = defineOperation({
  id: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the database and Temporal answer',
  role: 'anyone',
  responses: {
    200: { description: 'Both do.', schema: readiness },
    503: { description: 'One does not.', schema: readiness },
  },
  async handler({ services: { db, engine }, reply }) {
    const [database, temporal] = await Promise.all([stateOf(db.ping()), stateOf(engine.ping())])
    const ok = database === 'ok' && temporal === 'ok'
    return reply(ok ? 200 : 503, { ok, database, temporal })
  },
})

const stateOf = (answer: Promise<void>): Promise<string> =>
  answer.then(
    () => 'ok',
    (error: unknown) => problemOf(error).code,
  )
