import { createHash } from 'node:crypto'
import { canonicalJson } from '@tenon/runbook'
import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import { ApiError } from '../../errors.ts'
import { isoTime } from '../../iso-time.ts'
import { startRun } from '../../start-run.ts'
import { environmentName } from '../../environments.ts'
import { defineOperation } from '../operation.ts'
import { startedAnswer, startedSchema } from './started-answer.ts'
import { waitSeconds } from './wait-seconds.ts'

const body = z
  .strictObject({
    params: z.record(z.string(), z.unknown()).optional().describe('Values for the runbook’s parameters.'),
    environment: environmentName.optional().describe('Whose live version runs; `production` without it.'),
    asOf: isoTime.optional().describe('Every read of the run looks at this moment; now without it.'),
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
  headers: {
    'Idempotency-Key': 'The same key with the same request means the same run: 1 to 200 printable characters.',
  },
  responses: {
    200: { description: 'The run has ended.', schema: startedSchema },
    202: { description: 'It goes on, or waits for people.', schema: startedSchema },
  },
  errors: {
    'unknown-runbook': 'There is no such runbook.',
    'not-published': 'It has no published version.',
    'bad-params': 'A parameter is unknown, missing or of another type; each is named.',
    'as-of-in-future': 'asOf is later than now.',
    'bad-idempotency-key': 'The key is empty, too long or not printable.',
    'idempotency-key-reused': 'The key was used for another request.',
    'temporal-unreachable': 'Temporal is away; the run is on record as failed.',
  },
  async handler({ params: { name }, query, body: given, actor, request, services, reply }) {
    const key = parseKey(request.header('idempotency-key'))
    const started = await startRun(services, {
      name,
      params: given.params,
      ...(given.asOf === undefined ? {} : { asOf: Date.parse(given.asOf) }),
      trigger: { kind: 'api', by: labelOf(actor) },
      ...(given.environment === undefined ? {} : { environment: given.environment }),
      ...(key === null ? {} : { once: { actor: actorKey(actor), key, request: hashOf({ name, ...given }) } }),
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

function parseKey(text: string | undefined): string | null {
  if (text === undefined) return null
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text
  throw new ApiError({
    status: 400,
    code: 'bad-idempotency-key',
    message: 'The Idempotency-Key is not a text of 1 to 200 printable characters.',
    fix: 'Use an id of what the run is for, such as the alert’s.',
  })
}

const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex')
