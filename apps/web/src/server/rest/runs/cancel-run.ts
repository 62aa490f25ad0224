import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import { cancelRun as cancel } from '../../cancel-run.ts'
import { ApiError } from '../../errors.ts'
import { defineOperation } from '../operation.ts'
import { untilTrue } from '../until-true.ts'
import { runId, runSchema } from './run-schema.ts'
import { runView } from './run-view.ts'

/** What is shown is what came of it, when it comes soon. */
const showMs = 3_000

export const cancelRun = defineOperation({
  id: 'cancelRun',
  method: 'POST',
  path: '/api/v1/runs/{id}/cancel',
  summary: 'Cancel a run',
  description: 'What it changed is put back, unless the runbook says otherwise.',
  role: 'operator',
  params: z.strictObject({ id: runId }),
  body: z.strictObject({ reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }),
  responses: {
    200: { description: 'It has ended.', schema: runSchema },
    202: { description: 'It is told, and has not ended yet.', schema: runSchema },
  },
  errors: { 'unknown-run': 'There is no such run.', 'run-ended': 'It has ended already.' },
  async handler({ params: { id }, body: { reason }, actor, request, services, reply }) {
    const { db, live } = services
    const run = await runView(services, id)
    if (run.endedAt !== null) {
      throw new ApiError({
        status: 409,
        code: 'run-ended',
        message: `The run has ended already: ${run.status}.`,
        fix: 'Nothing is left to cancel. To put an action back, revert it.',
      })
    }
    const record = await db.runs.get(id)
    if (record) await cancel(services, record, { by: labelOf(actor), reason })
    await db.audit.append({ actor: actorKey(actor), action: 'runs.cancel', subject: id, detail: { reason } })
    await untilTrue(live, async () => (await db.runs.summary(id))?.endedAt !== null, {
      id,
      ms: showMs,
      signal: request.signal,
    })
    const view = await runView(services, id)
    return reply(view.endedAt === null ? 202 : 200, view)
  },
})
