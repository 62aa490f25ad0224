import * as z from 'zod'
import { deleteRunbook } from '../../delete-runbook.ts'
import { defineOperation } from '../operation.ts'
import { runbookName } from './runbook-schema.ts'

export const deleteRunbookOperation = defineOperation({
  id: 'deleteRunbook',
  method: 'DELETE',
  path: '/api/v1/runbooks/{name}',
  summary: 'Delete a runbook',
  description: 'With its versions and runs.',
  role: 'admin',
  params: z.strictObject({ name: runbookName }),
  responses: {
    200: {
      description: 'It is gone.',
      schema: z.object({ warning: z.string().nullable().describe('What is still to be done, such as its schedules.') }),
    },
  },
  errors: { 'unknown-runbook': 'There is no such runbook.', 'runs-going-on': 'A run of it goes on.' },
  handler: async ({ params: { name }, actor, services, reply }) =>
    reply(200, await deleteRunbook(services, { name, actor })),
})
