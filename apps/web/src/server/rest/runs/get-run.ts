import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { runId, runSchema } from './run-schema.ts'
import { runView } from './run-view.ts'

export const getRun = defineOperation({
  id: 'getRun',
  method: 'GET',
  path: '/api/v1/runs/{id}',
  summary: 'Get a run',
  description: 'Its state and, once it has concluded, its report.',
  role: 'viewer',
  params: z.strictObject({ id: runId }),
  responses: { 200: { description: 'The run.', schema: runSchema } },
  errors: { 'unknown-run': 'There is no such run.' },
  handler: async ({ params, services, reply }) => reply(200, await runView(services, params.id)),
})
