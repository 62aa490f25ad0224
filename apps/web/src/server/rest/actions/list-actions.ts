import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { actionSchema, restAction } from './action-schema.ts'

export const listActions = defineOperation({
  id: 'listActions',
  method: 'GET',
  path: '/api/v1/actions',
  summary: 'List actions',
  description: 'The ledger, newest first; the newest 200.',
  role: 'viewer',
  query: z.strictObject({
    state: z.enum(['all', 'in-effect']).default('all').describe('`in-effect`: what has an effect now, or may have.'),
    runId: z.string().max(64).optional().describe('Of this run only.'),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of actions.', schema: pageOf(actionSchema) } },
  async handler({ query, services: { db }, reply }) {
    const { state, runId } = query
    const rows =
      state === 'in-effect'
        ? (await db.actions.inEffect()).filter((action) => runId === undefined || action.runId === runId)
        : await db.actions.list({ state: 'all', ...(runId === undefined ? {} : { runId }) })
    const page = pageFrom(rows, query)
    return reply(200, {
      items: await Promise.all(page.items.map(async (row) => restAction(row, await db.actions.events(row.id)))),
      next: page.next,
    })
  },
})
