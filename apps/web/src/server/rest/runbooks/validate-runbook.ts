import { qualifiesForExpress } from '@tenon/runbook'
import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { documentProblem, runbookName, source } from './runbook-schema.ts'

export const validateRunbook = defineOperation({
  id: 'validateRunbook',
  method: 'POST',
  path: '/api/v1/runbooks/{name}/validate',
  summary: 'Check a runbook',
  description: 'What the compiler says of a text, or of the draft without one. Nothing is saved.',
  role: 'viewer',
  params: z.strictObject({ name: runbookName }),
  body: z.strictObject({ source: source.optional() }).default({}),
  textAs: 'source',
  bodyLimit: 1_300_000,
  responses: {
    200: {
      description: 'What was found; a text with problems is answered with 200 too.',
      schema: z
        .object({
          ok: z.boolean().describe('It could be published.'),
          problems: z.array(documentProblem),
          planHash: z.string().nullable(),
          express: z
            .object({ ok: z.boolean(), reasons: z.array(z.string()) })
            .nullable()
            .describe('Whether it could run express, and why not; null when it cannot be published.'),
        })
        .meta({ id: 'Validation' }),
    },
  },
  errors: { 'unknown-runbook': 'There is no such runbook, and no text was sent.' },
  async handler({ params: { name }, body, services: { db, compile }, reply }) {
    const compiled = await compile(body.source ?? (await db.runbooks.draft(name)).source)
    if (!compiled.ok) return reply(200, { ok: false, problems: compiled.problems, planHash: null, express: null })
    const express = qualifiesForExpress(compiled.plan)
    return reply(200, {
      ok: true,
      problems: compiled.problems,
      planHash: compiled.plan.hash,
      express: { ok: express.ok, reasons: express.ok ? [] : express.reasons },
    })
  },
})
