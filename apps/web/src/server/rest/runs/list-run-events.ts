import * as z from 'zod'
import type { Services } from '../../services.ts'
import { defineOperation } from '../operation.ts'
import { longestPage, pageOf, readCursor, writeCursor } from '../page.ts'
import { untilTrue } from '../until-true.ts'
import { runEvents, runEventSchema, type RunEventView } from './run-events.ts'
import { runId } from './run-schema.ts'
import { unknownRun } from './run-view.ts'
import { waitSeconds } from './wait-seconds.ts'

/** The ids of what was given, at the newest time of it: later reads may find more of that millisecond. */
const seen = z.strictObject({ at: z.number(), ids: z.array(z.string().max(300)).max(1000) })

export const listRunEvents = defineOperation({
  id: 'listRunEvents',
  method: 'GET',
  path: '/api/v1/runs/{id}/events',
  summary: 'Read a run’s log',
  description:
    'Oldest first. To follow it, send `next` back as `cursor` with `wait`: the answer comes when something new happened. `next` is null once the run has ended and all was given.',
  role: 'viewer',
  params: z.strictObject({ id: runId }),
  query: z.strictObject({
    wait: waitSeconds,
    limit: z.coerce.number().int().min(1).max(longestPage).default(longestPage).describe('How many at most.'),
    cursor: z.string().max(100_000).optional().describe('`next` of the answer before.'),
  }),
  responses: { 200: { description: 'What happened.', schema: pageOf(runEventSchema) } },
  errors: { 'unknown-run': 'There is no such run.', 'bad-cursor': 'The cursor is none of ours.' },
  async handler({ params: { id }, query, request, services, reply }) {
    const after = readCursor(seen, query.cursor)
    let found = await readLog(services, id)
    const fresh = (): RunEventView[] => found.events.filter((event) => isAfter(event, after))
    if (query.wait && fresh().length === 0 && !found.ended) {
      const refresh = async (): Promise<boolean> => {
        found = await readLog(services, id)
        return fresh().length > 0 || found.ended
      }
      await untilTrue(services.live, refresh, {
        id,
        ms: query.wait * 1000,
        signal: request.signal,
      })
    }
    const items = fresh().slice(0, query.limit)
    const complete = found.ended && items.length === fresh().length
    return reply(200, { items, next: complete ? null : writeCursor(cursorOf(items, after)) })
  },
})

async function readLog({ db }: Services, id: string): Promise<{ events: RunEventView[]; ended: boolean }> {
  const run = await db.runs.get(id)
  if (!run) throw unknownRun(id)
  const [steps, approvals, ledger] = await Promise.all([
    db.runs.steps(id),
    db.approvals.ofRun(id),
    run.express ? [] : db.actions.list({ state: 'all', runId: id }),
  ])
  const actions = await Promise.all(
    ledger.map(async (action) => ({ action, events: await db.actions.events(action.id) })),
  )
  return { events: runEvents({ run, steps, approvals, actions }), ended: run.endedAt !== null }
}

function isAfter({ id, at }: RunEventView, after: z.infer<typeof seen> | undefined): boolean {
  if (!after) return true
  const time = Date.parse(at)
  return time > after.at || (time === after.at && !after.ids.includes(id))
}

function cursorOf(items: RunEventView[], after: z.infer<typeof seen> | undefined): z.infer<typeof seen> {
  const last = items.at(-1)
  if (!last) return after ?? { at: 0, ids: [] }
  const at = Date.parse(last.at)
  const ids = items.filter((item) => Date.parse(item.at) === at).map(({ id }) => id)
  return { at, ids: after?.at === at ? [...after.ids, ...ids] : ids }
}
