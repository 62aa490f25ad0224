import * as z from 'zod'
import { labelOf } from '../../actor.ts'
import { isoTime } from '../../iso-time.ts'
import { startRun } from '../../start-run.ts'
import { environmentName } from '../../environments.ts'
import { defineOperation } from '../operation.ts'
import { idempotencyErrors, idempotencyHeader, onceOf } from './idempotency-key.ts'
import { startedAnswer, startedSchema } from './started-answer.ts'
import { waitSeconds } from './wait-seconds.ts'

const body = z
  .strictObject({
    params: z.record(z.string(), z.unknown()).optional().describe('Values for the runbook’s parameters.'),
    environment: environmentName.optional().describe('Whose live version runs; `production` without it.'),
    asOf: isoTime.optional().describe('Every read of the run looks at this moment; now without it.'),
    dryRun: z
      .boolean()
      .optional()
      .describe('Writes are planned, judged by every guard, and never carried out; nobody is asked to approve.'),
  })
  .default({})

export const startRunOperation = defineOperation({
  id: 'startRun',
  method: 'POST',
  path: '/api/v1/runbooks/{name}/runs',
  summary: 'Start a run',
  description:
    'Runs the published version. With `wait` the answer is the outcome; without it the answer comes at once and `Location` is the run’s address.',
  role: 'operator',
  params: z.strictObject({ name: z.string().max(200) }),
  query: z.strictObject({ wait: waitSeconds }),
  body,
  headers: idempotencyHeader,
  responses: {
    200: { description: 'The run has ended.', schema: startedSchema },
    202: { description: 'It goes on, or waits for people.', schema: startedSchema },
  },
  errors: {
    'unknown-runbook': 'There is no such runbook.',
    'not-published': 'It has no published version.',
    'bad-params': 'A parameter is unknown, missing or of another type; each is named.',
    'as-of-in-future': 'asOf is later than now.',
    ...idempotencyErrors,
    'temporal-unreachable': 'Temporal is away; the run is on record as failed.',
  },
  async handler({ params: { name }, query, body: given, actor, request, services, reply }) {
    const once = onceOf(request, actor, { name, ...given })
    const started = await startRun(services, {
      name,
      params: given.params,
      ...(given.asOf === undefined ? {} : { asOf: Date.parse(given.asOf) }),
      trigger: { kind: 'api', by: labelOf(actor) },
      ...(given.dryRun === undefined ? {} : { dryRun: given.dryRun }),
      ...(given.environment === undefined ? {} : { environment: given.environment }),
      ...(once === null ? {} : { once }),
    })
    const answer = await startedAnswer(services, started, {
      runbook: name,
      baseRunId: null,
      actor,
      action: 'runs.start',
      wait: query.wait,
      signal: request.signal,
    })
    return reply(answer.endedAt === null ? 202 : 200, answer, { location: `/api/v1/runs/${answer.id}` })
  },
})
