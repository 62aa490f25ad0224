import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { approvalSchema, approvalStatus, approvalView } from './approval-schema.ts'

export const listApprovals = defineOperation({
  id: 'listApprovals',
  method: 'GET',
  path: '/api/v1/approvals',
  summary: 'List approvals',
  description: 'What waits for people and what they decided, newest first; the newest 200.',
  role: 'viewer',
  query: z.strictObject({ status: approvalStatus.optional(), ...pageQuery }),
  responses: { 200: { description: 'A page of approvals.', schema: pageOf(approvalSchema) } },
  async handler({ query, services, reply }) {
    const { status } = query
    const all = await services.db.approvals.list({ ...(status === undefined ? {} : { status }), limit: 200 })
    const page = pageFrom(all, query)
    return reply(200, {
      items: page.items.map((row) =>
        approvalView(services, row, { runbook: row.run.runbook.name, requestedBy: row.run.requestedBy }),
      ),
      next: page.next,
    })
  },
})
