import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { runbookSummary, runbookSummarySchema } from './runbook-schema.ts'

export const listRunbooks = defineOperation({
  id: 'listRunbooks',
  method: 'GET',
  path: '/api/v1/runbooks',
  summary: 'List runbooks',
  description: 'By title.',
  role: 'viewer',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of runbooks.', schema: pageOf(runbookSummarySchema) } },
  async handler({ query, services, reply }) {
    const page = pageFrom(await services.db.runbooks.list(), query)
    return reply(200, { items: page.items.map((row) => runbookSummary(services, row)), next: page.next })
  },
})
