import { createRunScope } from '@tenon/data'
import * as z from 'zod'
import { actorKey } from '../../actor.ts'
import { askStep, askTime, timesOf } from '../../data/ask-time.ts'
import { defineOperation } from '../operation.ts'
import { dataResultSchema, label, reference } from './data-schemas.ts'

export const queryData = defineOperation({
  id: 'queryData',
  method: 'POST',
  path: '/api/v1/data/query',
  summary: 'Ask a measure',
  description:
    'Its values over a time: counters as a rate per minute, ratios as 0..1, latency in seconds. What is missing is null and never zero; `quality` says how complete and how fresh the answer is, and `query` what was asked of the source.',
  role: 'viewer',
  body: z.strictObject({
    measure: reference,
    where: z
      .record(label, z.union([label, z.array(label).min(1).max(100)]))
      .optional()
      .describe('Dimension -> a value, or several of which any.'),
    groupBy: z.array(label).max(5).optional().describe('A series for each combination of these dimensions’ values.'),
    from: askTime.optional().describe('Where it begins; an hour before the end without it.'),
    to: askTime.optional().describe('Where it ends; now without it.'),
    step: askStep.optional().describe('Between points; chosen to suit the time without it.'),
    asOf: askTime.optional().describe('Nothing after it is read, and relative times count from it; now without it.'),
  }),
  responses: { 200: { description: 'Its series.', schema: dataResultSchema } },
  errors: {
    'unknown-measure': 'The model has no such measure.',
    'unknown-dimension': 'The measure cannot be filtered or grouped by it.',
    'bad-query': 'Times or filters make no sense.',
    'query-too-large': 'More than one query may have.',
    'source-unreachable': 'The source does not answer.',
    'source-refused': 'The source refused the query.',
  },
  async handler({ actor, body: { measure, where, groupBy, ...times }, request, services, reply }) {
    const data = await services.data()
    const scope = createRunScope(actorKey(actor))
    const query = {
      measure,
      ...timesOf(times, Date.now()),
      ...(where === undefined ? {} : { where }),
      ...(groupBy === undefined ? {} : { groupBy }),
    }
    const { unit, series, quality, query: asked } = await data.data(query, { signal: request.signal, scope })
    return reply(200, { measure, unit, series, quality, query: asked })
  },
})
