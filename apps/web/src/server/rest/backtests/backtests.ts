/** Backtests over the REST API: start, list, get, cancel. */
import { stepId, verdictValue } from '@tenon/runbook'
import { matrixColumns, matrixRows, mostCases } from '@tenon/runbook/backtest'
import * as z from 'zod'
import { backtestView, cancelBacktest, headView, startBacktest } from '../../backtests.ts'
import { isoTime } from '../../iso-time.ts'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

const runbookName = z.string().min(1).max(64)
const time = z.iso.datetime({ offset: true })
const params = z.record(z.string(), z.unknown())
const label = z.enum(['normal', 'abnormal'])
const id = z.string().min(1).max(64)

export const givenCases = z.union([
  z
    .array(
      z.strictObject({
        at: isoTime.describe('The clock of its reads.'),
        params: params.optional(),
        label: label.nullish().describe('What people say that it was.'),
      }),
    )
    .min(1)
    .max(mostCases),
  z.strictObject({
    from: isoTime,
    to: isoTime,
    every: z.string().max(20).describe('Time between the moments: 15m, 1h.'),
    params: params.optional(),
  }),
  z.strictObject({ alerts: z.int().min(1).max(mostCases).describe('The last alerts that came in for the runbook.') }),
])

const head = {
  id,
  url: z.string(),
  runbook: z.string(),
  version: z.int().nullable().describe('null for a draft.'),
  planHash: z.string(),
  title: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  requestedBy: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  startedAt: time,
  endedAt: time.nullable(),
}
const headSchema = z.object(head).meta({ id: 'BacktestHead' })

const share = z.number().min(0).max(1).nullable()
const summarySchema = z
  .object({
    total: z.int(),
    ended: z.int(),
    matrix: z.record(z.enum(matrixRows), z.record(z.enum(matrixColumns), z.int())).describe('Label by verdict.'),
    labelled: z.int(),
    accuracy: share.describe('Of the labelled cases; inconclusive is never right.'),
    precision: share.describe('Of those said to be abnormal.'),
    recall: share.describe('Of those labelled abnormal.'),
    duration: z.object({ p50: z.number(), p95: z.number(), total: z.number() }).nullable().describe('Milliseconds.'),
  })
  .meta({ id: 'BacktestSummary' })

const backtestSchema = z
  .object({
    ...head,
    summary: summarySchema,
    cases: z.array(
      z.object({
        position: z.int(),
        at: time,
        params,
        label: label.nullable(),
        status: z.enum(['pending', 'done', 'failed']),
        verdict: verdictValue.nullable(),
        conclusion: z.string().nullable(),
        runStatus: z.string().nullable(),
        actions: z.array(z.object({ step: stepId, input: params })).describe('Writes that a live run would have made.'),
        outcomes: z.record(z.string(), z.string()),
        error: z.object({ code: z.string(), message: z.string(), fix: z.string().optional() }).nullable(),
        durationMs: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'Backtest' })

const unknown = { 'unknown-backtest': 'There is no such backtest.' }

export const startBacktestOperation = defineOperation({
  id: 'startBacktest',
  method: 'POST',
  path: '/api/v1/backtests',
  summary: 'Start a backtest',
  description:
    'Runs one plan over many past moments: reads ask with the moment’s clock, writes are only planned, nobody is asked for approval. Ask for it again to see how far it is.',
  role: 'operator',
  body: z.strictObject({
    runbook: runbookName,
    version: z.int().min(1).optional().describe('This version instead of the live one.'),
    draft: z.boolean().optional().describe('The draft instead of the live version.'),
    title: z.string().trim().min(1).max(200).optional(),
    cases: givenCases,
  }),
  responses: { 201: { description: 'It goes on.', schema: backtestSchema } },
  errors: {
    'unknown-runbook': 'There is no such runbook.',
    'not-published': 'It has no published version.',
    'bad-cases': 'A case is in the future, its parameters do not fit, or there are too many.',
    'no-cases': 'There are no moments to look at.',
  },
  async handler({ body, actor, services, reply }) {
    const made = await startBacktest(services, { ...body, actor })
    return reply(201, await backtestView(services, made), { location: `/api/v1/backtests/${made}` })
  },
})

export const listBacktests = defineOperation({
  id: 'listBacktests',
  method: 'GET',
  path: '/api/v1/backtests',
  summary: 'List backtests of a runbook',
  description: 'Newest first.',
  role: 'viewer',
  query: z.strictObject({ runbook: runbookName }),
  responses: { 200: { description: 'Its backtests.', schema: wholeList(headSchema) } },
  async handler({ query, services, reply }) {
    const rows = await services.db.backtests.list(query.runbook)
    return reply(200, { items: rows.map((row) => headView(services, row)), next: null })
  },
})

export const getBacktest = defineOperation({
  id: 'getBacktest',
  method: 'GET',
  path: '/api/v1/backtests/{id}',
  summary: 'Get a backtest',
  description: 'Its progress, confusion matrix and cases.',
  role: 'viewer',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The backtest.', schema: backtestSchema } },
  errors: unknown,
  handler: async ({ params: given, services, reply }) => reply(200, await backtestView(services, given.id)),
})

export const cancelBacktestOperation = defineOperation({
  id: 'cancelBacktest',
  method: 'POST',
  path: '/api/v1/backtests/{id}/cancel',
  summary: 'Cancel a backtest',
  description: 'The case that goes on is still run; what was found stays.',
  role: 'operator',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The backtest as it ended.', schema: backtestSchema } },
  errors: unknown,
  async handler({ params: given, actor, services, reply }) {
    await cancelBacktest(services, { id: given.id, actor })
    return reply(200, await backtestView(services, given.id))
  },
})
