import * as z from 'zod'
import { labelOf } from '../../actor.ts'
import { isoTime } from '../../iso-time.ts'
import { rerunRun } from '../../rerun-run.ts'
import { defineOperation } from '../operation.ts'
import { runId } from './run-schema.ts'
import { startedAnswer, startedSchema } from './started-answer.ts'
import { waitSeconds } from './wait-seconds.ts'

const step = z.string().min(1).max(64)

const body = z
  .strictObject({
    from: step.optional().describe('This step and what follows from it run again; all other results are reused.'),
    only: z
      .array(step)
      .min(1)
      .max(100)
      .optional()
      .describe('Only these steps run, on the results of what leads to them.'),
    params: z.record(z.string(), z.unknown()).optional().describe('Those of the first run without it.'),
    version: z.int().min(1).optional().describe('The first run’s version without it.'),
    draftRevision: z.int().min(0).optional().describe('Runs the draft at this revision instead of a version.'),
    asOf: isoTime.optional().describe('The first run’s clock without it.'),
  })
  .refine(({ from, only }) => (from === undefined) !== (only === undefined), 'Give either "from" or "only"')
  .refine(({ version, draftRevision }) => version === undefined || draftRevision === undefined, {
    message: 'Give either "version" or "draftRevision"',
  })

export const rerunOperation = defineOperation({
  id: 'rerunRun',
  method: 'POST',
  path: '/api/v1/runs/{id}/rerun',
  summary: 'Run again from a step',
  description:
    'A new run that reuses results of this one. An approval is never reused for a write that runs again: people are asked again.',
  role: 'operator',
  params: z.strictObject({ id: runId }),
  query: z.strictObject({ wait: waitSeconds }),
  body,
  responses: {
    200: { description: 'The new run has ended.', schema: startedSchema },
    202: { description: 'It goes on, or waits for people.', schema: startedSchema },
  },
  errors: {
    'unknown-run': 'There is no such run.',
    'run-going-on': 'It has not ended yet.',
    'unknown-step': 'The version has no such step.',
    'step-in-loop': 'A step of a loop cannot be started by itself.',
    'step-needs-approval': 'People approve what this step changes, so it does not run alone.',
    'draft-of-then': 'It was a run of a draft; say which revision of the draft, or which version, is to run.',
  },
  async handler({ params, query, body: given, actor, request, services, reply }) {
    const { from, only = [], params: own, version, draftRevision, asOf } = given
    const { runbook, ...started } = await rerunRun(services, {
      id: params.id,
      part: from === undefined ? { only } : { from },
      params: own,
      version,
      draftRevision,
      ...(asOf === undefined ? {} : { asOf: Date.parse(asOf) }),
      trigger: { kind: 'api', by: labelOf(actor) },
    })
    const answer = await startedAnswer(services, started, {
      runbook,
      baseRunId: params.id,
      actor,
      action: 'runs.rerun',
      wait: query.wait,
      signal: request.signal,
    })
    return reply(answer.endedAt === null ? 202 : 200, answer, { location: `/api/v1/runs/${answer.id}` })
  },
})
