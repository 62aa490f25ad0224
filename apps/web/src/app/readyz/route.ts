import { composition } from '../../server/composition.ts'
import { problemOf } from '../../server/errors.ts'

export const dynamic = 'force-dynamic'

/** What the server needs answers: the database and Temporal. */
export async function GET(): Promise<Response> {
  const { db, engine } = composition()
  const parts = { database: db.ping(), temporal: engine.ping() }
  const states = await Promise.all(
    Object.entries(parts).map(async ([name, answer]): Promise<[string, string]> => {
      try {
        await answer
        return [name, 'ok']
      } catch (error) {
        return [name, problemOf(error).code]
      }
    }),
  )
  const ok = states.every(([, state]) => state === 'ok')
  return Response.json({ ok, ...Object.fromEntries(states) }, { status: ok ? 200 : 503 })
}
