import { compareRuns, verdictValue, type RecordedRun } from '@tenon/runbook'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import { defineOperation } from '../operation.ts'
import { runId, runStatus } from './run-schema.ts'
import { unknownRun } from './run-view.ts'
import { stepStatus } from './step-schema.ts'

const difference = z
  .object({
    path: z.array(z.union([z.string(), z.number()])).describe('Names and positions, outermost first.'),
    left: z.unknown().optional(),
    right: z.unknown().optional(),
  })
  .meta({ id: 'Difference' })

const runSide = z
  .object({
    id: z.string(),
    version: z.int().nullable(),
    status: runStatus,
    verdict: verdictValue.nullable(),
    conclusion: z.string().nullable(),
    durationMs: z.number().nullable(),
  })
  .meta({ id: 'ComparedRun' })

const stepSide = z
  .object({
    status: stepStatus,
    outcome: z.string().nullable(),
    verdict: verdictValue.nullable(),
    summary: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    durationMs: z.number().nullable(),
  })
  .meta({ id: 'ComparedStepSide' })

const comparison = z
  .object({
    left: runSide,
    right: runSide,
    same: z.boolean().describe('Nothing but durations differs.'),
    params: z.array(difference),
    steps: z.array(
      z.object({
        stepId: z.string(),
        title: z.string(),
        left: stepSide.nullable(),
        right: stepSide.nullable(),
        changed: z.array(z.enum(['presence', 'status', 'outcome', 'verdict', 'output', 'error'])),
        output: z.array(difference).describe('Where the outputs differ; at most 50 places.'),
      }),
    ),
  })
  .meta({ id: 'RunComparison' })

export const compareRunsOperation = defineOperation({
  id: 'compareRuns',
  method: 'GET',
  path: '/api/v1/runs/{id}/compare',
  summary: 'Compare two runs',
  description: 'Step by step: how each ended, and where outputs differ.',
  role: 'viewer',
  params: z.strictObject({ id: runId }),
  query: z.strictObject({ with: runId.describe('The other run.') }),
  responses: { 200: { description: 'What differs.', schema: comparison } },
  errors: { 'unknown-run': 'There is no such run.' },
  async handler({ params, query, services, reply }) {
    const [left, right] = await Promise.all([recordOf(services, params.id), recordOf(services, query.with)])
    return reply(200, compareRuns(left, right))
  },
})

/** @throws ApiError `unknown-run`. */
export async function recordOf({ db }: Pick<Services, 'db'>, id: string): Promise<RecordedRun> {
  const run = await db.runs.get(id)
  if (!run) throw unknownRun(id)
  const { version, status, verdict, conclusion, params, startedAt, endedAt } = run
  return { id, version, status, verdict, conclusion, params, startedAt, endedAt, steps: await db.runs.steps(id) }
}
