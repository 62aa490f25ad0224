import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

export const listConnections = defineOperation({
  id: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  summary: 'List connections',
  description: 'Their names and kinds, as runbooks use them. Addresses and secrets are for admins, in Settings.',
  role: 'viewer',
  responses: {
    200: {
      description: 'All of them.',
      schema: wholeList(z.object({ name: z.string(), kind: z.string() })),
    },
  },
  async handler({ services: { db }, reply }) {
    const rows = await db.connections.list()
    return reply(200, { items: rows.map(({ name, kind }) => ({ name, kind })), next: null })
  },
})
