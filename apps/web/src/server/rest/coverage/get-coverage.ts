import { symptom } from '@tenon/runbook'
import * as z from 'zod'
import { readCoverage } from '../../coverage/read-coverage.ts'
import { untouchedDays, unusedDays } from '../../coverage/stale-runbooks.ts'
import { defineOperation } from '../operation.ts'

const time = z.iso.datetime({ offset: true })

const coverageSchema = z
  .object({
    alertDays: z.int().describe('Alerts of so many days are counted.'),
    rows: z
      .array(
        z.object({
          kind: z.enum(['chain', 'entity', 'alert']),
          id: z.string().describe('Of an alert its rule’s name.'),
          title: z.string(),
          owner: z.string().nullable(),
          entityKind: z.string().nullable(),
          alerts: z.int().describe('How often it, or an alert of it, fired.'),
          chains: z.int().describe('Business chains that it is a step of.'),
          symptoms: z.array(
            z.object({
              symptom,
              runbook: z.object({ name: z.string(), title: z.string() }).nullable(),
              general: z.boolean().describe('Only the general runbook fits.'),
            }),
          ),
          state: z
            .enum(['none', 'general', 'partly', 'covered'])
            .describe(
              '`none`: Diagnose refuses. `general`: only the general runbook fits. `partly`: some symptoms have one.',
            ),
        }),
      )
      .describe('Gaps first, the most important before the others.'),
    runbooks: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        savedAt: time,
        publishedAt: time,
        lastRun: z.object({ id: z.string(), at: time }).nullable().describe('null: it never ran.'),
        untouched: z.boolean().describe(`Nobody saved it for ${untouchedDays} days.`),
        unused: z.boolean().describe(`Published for ${unusedDays} days, and it never ran.`),
        gone: z
          .array(z.object({ kind: z.enum(['chain', 'entity', 'measure']), name: z.string(), where: z.string() }))
          .describe('What it names that the model has no longer.'),
        unbounded: z.boolean().describe('It diagnoses, and its step that concludes has no `startBy` within 55 s.'),
        tests: z.object({ total: z.int(), failing: z.array(z.string()) }),
        testProblem: z.string().nullable().describe('Why its tests could not be run.'),
        stale: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Coverage' })

export const getCoverage = defineOperation({
  id: 'getCoverage',
  method: 'GET',
  path: '/api/v1/coverage',
  summary: 'Get the coverage',
  description:
    'Which chains, services and alerts Diagnose has a runbook for, and which published runbooks have gone stale.',
  role: 'viewer',
  responses: { 200: { description: 'As it is now.', schema: coverageSchema } },
  async handler({ services, reply }) {
    return reply(200, await readCoverage(services))
  },
})
