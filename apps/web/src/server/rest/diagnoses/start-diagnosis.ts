import * as z from 'zod'
import { labelOf } from '../../actor.ts'
import { askedSchema } from '../../diagnosis/asked.ts'
import { startDiagnosis } from '../../diagnosis/start-diagnosis.ts'
import { defineOperation } from '../operation.ts'
import { idempotencyErrors, idempotencyHeader, onceOf } from '../runs/idempotency-key.ts'
import { runSchema } from '../runs/run-schema.ts'
import { startedAnswer } from '../runs/started-answer.ts'
import { waitSeconds } from '../runs/wait-seconds.ts'

const diagnosisSchema = z
  .object({
    runId: z.string(),
    link: z.string().describe('The page of its report.'),
    runbook: z.string().describe('The runbook that was chosen.'),
    why: z.string().describe('What for: "latency of Payment: Latency rise".'),
    joined: z.boolean().describe('A diagnosis of the same subject goes on already; this is that one.'),
    run: runSchema.describe('As it is now; with `wait` it has concluded where it could in that time.'),
  })
  .meta({ id: 'Diagnosis' })

export const startDiagnosisOperation = defineOperation({
  id: 'startDiagnosis',
  method: 'POST',
  path: '/api/v1/diagnoses',
  summary: 'Diagnose',
  description:
    'Chooses the published runbook that fits the subject and the symptom, or the general one, and starts it. A diagnosis concludes within 60 s; with `wait` the answer is the conclusion. Asked again for the same subject while the first goes on, it is the same run.',
  role: 'operator',
  query: z.strictObject({ wait: waitSeconds }),
  body: askedSchema,
  headers: idempotencyHeader,
  responses: {
    200: { description: 'It has ended.', schema: diagnosisSchema },
    202: { description: 'It goes on, or waits for people.', schema: diagnosisSchema },
  },
  errors: {
    'unknown-chain': 'The model has no such chain.',
    'unknown-entity': 'The model has no such entity.',
    'unknown-measure': 'The model has no such measure.',
    'unknown-alert': 'There is no such alert.',
    'bad-time': 'The times contradict each other.',
    'no-fitting-runbook': 'No published runbook says that it diagnoses this; `detail` has what is near.',
    ...idempotencyErrors,
    'temporal-unreachable': 'Temporal is away; the run is on record as failed.',
  },
  async handler({ query, body, actor, request, services, reply }) {
    const once = onceOf(request, actor, { diagnosis: body })
    const { runbook, why, joined, started } = await startDiagnosis(services, body, {
      trigger: { kind: 'api', by: labelOf(actor) },
      ...(once === null ? {} : { once }),
    })
    const { disposition: _, ...run } = await startedAnswer(services, started, {
      runbook,
      baseRunId: null,
      actor,
      action: 'diagnose.start',
      wait: query.wait,
      signal: request.signal,
    })
    const answer = { runId: run.id, link: run.url, runbook, why, joined, run }
    return reply(run.endedAt === null ? 202 : 200, answer, { location: `/api/v1/runs/${run.id}` })
  },
})
