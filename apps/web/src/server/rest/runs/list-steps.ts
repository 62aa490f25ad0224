import type { StepRow } from '@tenon/db'
import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { runId } from './run-schema.ts'
import { unknownRun } from './run-view.ts'
import { stepSchema } from './step-schema.ts'

export const listSteps = defineOperation({
  id: 'listSteps',
  method: 'GET',
  path: '/api/v1/runs/{id}/steps',
  summary: 'List a run’s steps',
  description:
    'In the order in which they began, with inputs, outputs and evidence; steps that did not begin come last.',
  role: 'viewer',
  params: z.strictObject({ id: runId }),
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of steps.', schema: pageOf(stepSchema) } },
  errors: { 'unknown-run': 'There is no such run.' },
  async handler({ params, query, services: { db }, reply }) {
    if (!(await db.runs.summary(params.id))) throw unknownRun(params.id)
    const page = pageFrom(await db.runs.steps(params.id), query)
    return reply(200, { items: page.items.map(stepView), next: page.next })
  },
})

const stepView = (step: StepRow): z.input<typeof stepSchema> => ({
  stepId: step.stepId,
  type: step.type,
  title: step.title,
  status: step.status,
  attempt: step.attempt,
  outcome: step.outcome,
  summary: step.summary,
  input: step.input,
  output: step.output,
  verdict: step.verdict,
  evidence: step.evidence,
  hypotheses: step.hypotheses,
  error: step.error,
  reason: step.reason,
  startedAt: step.startedAt,
  endedAt: step.endedAt,
})
