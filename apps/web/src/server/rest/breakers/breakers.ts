/** Breakers without an action: what a load test or a drill must not break, and what is done when it does. */
import { breakerBound, breakerState, judgePushed, newBreaker, onBreach } from '@tenon/actions'
import * as z from 'zod'
import { actorKey } from '../../actor.ts'
import { breakerView } from '../../breaker-view.ts'
import { startBreaker } from '../../start-breaker.ts'
import { defineOperation } from '../operation.ts'
import { time } from '../runs/run-schema.ts'

const breaker = z
  .object({
    id: z.string(),
    name: z.string(),
    bounds: z.array(breakerBound).describe('A value outside of one is a breach.'),
    onBreach: onBreach.describe('What is done once a bound is broken.'),
    graceSeconds: z.number(),
    state: breakerState.describe('Whoever drives load goes on only while it is `watching`.'),
    by: z.string(),
    startedAt: time,
    endsAt: time,
    pushed: z
      .array(
        z.object({
          measure: z.string(),
          where: z.record(z.string(), z.string()),
          at: time,
          value: z.number().nullable(),
        }),
      )
      .describe('The newest value of each bound that is known by pushed values.'),
    trippedAt: time.nullable(),
    detail: z.string().nullable().describe('What tripped it: the measure, its value and the bound.'),
    result: z.string().nullable().describe('What was done about it; null until it is.'),
    settledAt: time.nullable(),
  })
  .meta({ id: 'Breaker' })

const id = z.uuid().describe('As starting it answered.')
const unknownBreaker = 'There is no such breaker.'

export const startBreakerOperation = defineOperation({
  id: 'startBreaker',
  method: 'POST',
  path: '/api/v1/breakers',
  summary: 'Start a breaker',
  description:
    'Watches measures for a load test or a drill, with no action of its own. Each second the bounds are judged; a breach, or no data for longer than the grace, trips it once and for good: that is put on record, then what `onBreach` says is done. Ask for its state while load is driven, and stop when it is not `watching`.',
  role: 'operator',
  body: newBreaker,
  responses: { 201: { description: 'It watches.', schema: breaker } },
  errors: {
    'unknown-measure': 'The model has no such measure; a bound with `source: pushed` needs none.',
    'bad-breaker': 'What `onBreach` names is not there, or a bound has a dimension that its measure has not.',
  },
  handler: async ({ body, actor, services, reply }) =>
    reply(201, breakerView(await startBreaker(services, body, actor))),
})

export const listBreakers = defineOperation({
  id: 'listBreakers',
  method: 'GET',
  path: '/api/v1/breakers',
  summary: 'List the breakers',
  description: 'Newest first, at most 200.',
  role: 'viewer',
  responses: { 200: { description: 'Breakers.', schema: z.object({ items: z.array(breaker) }) } },
  handler: async ({ services, reply }) => reply(200, { items: (await services.db.breakers.list()).map(breakerView) }),
})

export const getBreaker = defineOperation({
  id: 'getBreaker',
  method: 'GET',
  path: '/api/v1/breakers/{id}',
  summary: 'Get a breaker',
  description: 'A breaker that no worker watches trips when it is asked for.',
  role: 'viewer',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'The breaker.', schema: breaker } },
  errors: { 'unknown-breaker': unknownBreaker },
  handler: async ({ params, services, reply }) => reply(200, breakerView(await services.db.breakers.get(params.id))),
})

export const endBreaker = defineOperation({
  id: 'endBreaker',
  method: 'DELETE',
  path: '/api/v1/breakers/{id}',
  summary: 'End a breaker',
  description: 'The test is over: nothing is watched any more. The row stays, as the record of it.',
  role: 'operator',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'It is ended.', schema: breaker } },
  errors: { 'unknown-breaker': unknownBreaker, 'breaker-over': 'It tripped, or ended before.' },
  handler: async ({ params, actor, services, reply }) =>
    reply(200, breakerView(await services.db.breakers.end(params.id, { actor: actorKey(actor) }))),
})

export const pushBreakerSample = defineOperation({
  id: 'pushBreakerSample',
  method: 'POST',
  path: '/api/v1/breakers/{id}/samples',
  summary: 'Push a measured value to a breaker',
  description:
    'Judged at once. A breach trips the breaker. Of a bound with `source: pushed` the value is kept, so when pushing stops for longer than the grace, that trips it too.',
  role: 'operator',
  params: z.strictObject({ id }),
  body: z.strictObject({
    measure: z.string().min(1).describe('As in the bound.'),
    where: z.record(z.string(), z.string()).default({}).describe('As in the bound.'),
    value: z.number(),
  }),
  responses: { 200: { description: 'The breaker after it.', schema: breaker } },
  errors: {
    'unknown-breaker': unknownBreaker,
    'bad-request': 'It has no bound on this measure.',
    'ledger-conflict': 'It does not watch any more: stop.',
  },
  async handler({ params, body, actor, services, reply }) {
    const { breakers } = services.db
    const { bounds, breach } = judgePushed(await breakers.get(params.id), body)
    if (breach !== null) await breakers.trip(params.id, { detail: breach, by: actorKey(actor) })
    else if (bounds.length > 0) await breakers.push(params.id, { bounds, value: body.value })
    return reply(200, breakerView(await breakers.get(params.id)))
  },
})
