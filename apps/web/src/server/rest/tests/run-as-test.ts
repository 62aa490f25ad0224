import { runbookTest } from '@tenon/runbook'
import * as z from 'zod'
import { testOfRun } from '../../test-of-run.ts'
import { defineOperation } from '../operation.ts'

export const getRunAsTest = defineOperation({
  id: 'getRunAsTest',
  method: 'GET',
  path: '/api/v1/runs/{id}/test',
  summary: 'Get a run as a test',
  description:
    'The run as an entry of `tests` in its runbook: what reads, writes, people and events answered, without evidence, and what the run made of it.',
  role: 'viewer',
  params: z.strictObject({ id: z.string().min(1).max(64) }),
  responses: { 200: { description: 'The test.', schema: runbookTest } },
  errors: {
    'unknown-run': 'There is no such run.',
    'run-not-testable': 'It goes on, or somebody ended it: only runs that ended by themselves can be repeated.',
  },
  handler: async ({ params, services, reply }) => reply(200, await testOfRun(services, params.id)),
})
