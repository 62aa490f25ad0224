import * as z from 'zod'
import { computeAnswer, computeFor, computeRequest, keptFor, keptResult } from '../../data/compute.ts'
import { defineOperation } from '../operation.ts'

export const computeOperation = defineOperation({
  id: 'compute',
  method: 'POST',
  path: '/api/v1/data/compute',
  summary: 'Compute an aggregation',
  description:
    'Aggregates a measure, a table of the model, or what a connection holds (a relation, files, logs): filtered, grouped, in steps of time. Databases compute it themselves, files are read by DuckDB. What was left out, cut or unreadable is in `notes`. A connection beyond the model needs the role `editor`.',
  role: 'operator',
  body: computeRequest,
  responses: { 200: { description: 'The answer, with exactly what was run.', schema: computeAnswer } },
  errors: {
    'bad-query': 'The ask does not fit together, or names what is not there.',
    'query-too-large': 'It would read or take more than it may.',
    'unknown-entity': 'The model has no entity that is asked for.',
    'unknown-source': 'No connection is named so.',
    'source-refused': 'The source refused it.',
    'source-unreachable': 'The source did not answer.',
  },
  handler: async ({ body, actor, request, services, reply }) =>
    reply(200, await computeFor(services, actor, { request: body, signal: request.signal })),
})

export const getKeptResult = defineOperation({
  id: 'getResult',
  method: 'GET',
  path: '/api/v1/data/results/{id}',
  summary: 'Get a kept result',
  role: 'viewer',
  params: z.strictObject({ id: z.string().max(100) }),
  responses: { 200: { description: 'The result, with what was asked.', schema: keptResult } },
  errors: { 'unknown-result': 'There is none, or its time is over.' },
  handler: async ({ params, services, reply }) => reply(200, await keptFor(services, params.id)),
})
