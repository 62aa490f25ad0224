import { verdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { environmentName } from '../../environments.ts'
import { defineOperation } from '../operation.ts'
import { pageOf, pageQuery, readCursor, writeCursor } from '../page.ts'
import { runStatus, runSummarySchema, time, triggerKind } from './run-schema.ts'
import { summaryView } from './run-view.ts'

export const listRuns = defineOperation({
  id: 'listRuns',
  method: 'GET',
  path: '/api/v1/runs',
  summary: 'List runs',
  description: 'Newest first.',
  role: 'viewer',
  query: z.strictObject({
    runbook: z.string().max(200).optional().describe('Of this runbook only.'),
    environment: environmentName.optional(),
    status: runStatus.optional(),
    verdict: verdictValue.optional(),
    trigger: triggerKind.optional(),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of runs.', schema: pageOf(runSummarySchema) } },
  async handler({ query, services, reply }) {
    const { runbook, cursor, limit, ...filters } = query
    const before = readCursor(time, cursor)
    const runs = await services.db.runs.list({
      ...filters,
      ...(runbook === undefined ? {} : { name: runbook }),
      ...(before === undefined ? {} : { before }),
      limit,
    })
    const last = runs.length === limit ? runs.at(-1) : undefined
    return reply(200, {
      items: runs.map((run) => summaryView(services, run)),
      next: last ? writeCursor(last.startedAt) : null,
    })
  },
})
