import { inboundDisposition } from '@tenon/db'
import * as z from 'zod'
import { ApiError } from '../../errors.ts'
import { defineOperation } from '../operation.ts'
import { pageOf, pageQuery, readCursor, writeCursor } from '../page.ts'
import { inboundSchema, inboundView } from './inbound-schema.ts'

export const listInbound = defineOperation({
  id: 'listInbound',
  method: 'GET',
  path: '/api/v1/inbound',
  summary: 'List inbound events',
  description: 'What came in through triggers and what became of it, newest first. Payloads are left out.',
  role: 'viewer',
  query: z.strictObject({
    runbook: z.string().max(200).optional().describe('For this runbook only.'),
    disposition: inboundDisposition.optional(),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of events.', schema: pageOf(inboundSchema) } },
  async handler({ query, services, reply }) {
    const { cursor, limit, ...filters } = query
    const before = readCursor(z.string().max(200), cursor)
    const rows = await services.db.inbound.list({ ...filters, ...(before === undefined ? {} : { before }), limit })
    const last = rows.length === limit ? rows.at(-1) : undefined
    const items = rows.map((row) => {
      const { payload: _payload, ...shown } = inboundView(row)
      return shown
    })
    return reply(200, { items, next: last ? writeCursor(`${last.receivedAt}_${last.id}`) : null })
  },
})

export const getInbound = defineOperation({
  id: 'getInbound',
  method: 'GET',
  path: '/api/v1/inbound/{id}',
  summary: 'Get an inbound event',
  description: 'With its payload.',
  role: 'viewer',
  params: z.strictObject({ id: z.string().max(64) }),
  responses: { 200: { description: 'The event.', schema: inboundSchema } },
  errors: { 'unknown-event': 'There is no such event.' },
  async handler({ params: { id }, services, reply }) {
    const row = await services.db.inbound.get(id)
    if (row) return reply(200, inboundView(row))
    throw new ApiError({
      status: 404,
      code: 'unknown-event',
      message: `There is no inbound event ${id}.`,
      fix: 'Look at the list of inbound events.',
    })
  },
})
