import * as z from 'zod'
import { inEffect, ledgerFields, ledgerFilter } from '../../ledger-filter.ts'
import { defineOperation } from '../operation.ts'
import { pageOf, pageQuery, readCursor, writeCursor } from '../page.ts'
import { time } from '../runs/run-schema.ts'
import { actionSchema, restAction } from './action-schema.ts'

const cursorSchema = z.object({ createdAt: time, id: z.string() })

export const listActions = defineOperation({
  id: 'listActions',
  method: 'GET',
  path: '/api/v1/actions',
  summary: 'List actions',
  description: 'The ledger, newest first. Filters hold together: each narrows what the others leave.',
  role: 'viewer',
  query: z.strictObject({
    state: z.enum(['all', 'in-effect']).default('all').describe('`in-effect`: what has an effect now, or may have.'),
    ...ledgerFields,
    runId: z.string().max(64).optional().describe('Of this run only.'),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of actions.', schema: pageOf(actionSchema) } },
  async handler({ query, services: { db }, reply }) {
    const { state, runId, cursor, limit, ...fields } = query
    const filter = { ...ledgerFilter(fields), ...(runId === undefined ? {} : { runId }) }
    const { statuses = inEffect } = filter
    const narrowed =
      state === 'all' ? filter : { ...filter, statuses: statuses.filter((status) => inEffect.includes(status)) }
    const after = readCursor(cursorSchema, cursor)
    // One more, to know whether there is a next page.
    const found = await db.actionLedger.whole(narrowed, { ...(after ? { after } : {}), limit: limit + 1 })
    const items = found.slice(0, limit).map(({ action, events }) => restAction(action, events))
    const last = found.length > limit ? items.at(-1) : undefined
    return reply(200, { items, next: last ? writeCursor({ createdAt: last.createdAt, id: last.id }) : null })
  },
})
