import { trigger as triggerSchema } from '@tenon/runbook'
import * as z from 'zod'
import { isoTime } from '../../iso-time.ts'
import { backfillTrigger, listTriggers, setTriggerPaused, type TriggerView } from '../../trigger-view.ts'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { environmentName, runStatus, time } from '../runs/run-schema.ts'
import { verdictValue } from '@tenon/runbook'

const kind = z.enum(['schedule', 'webhook', 'event'])

const schema = z
  .object({
    runbook: z.string(),
    environment: z.string(),
    name: z.string(),
    kind,
    summary: z.string().describe('One line.'),
    trigger: triggerSchema.describe('As the live version writes it.'),
    paused: z.boolean(),
    pausedBy: z.string().nullable(),
    pausedReason: z.string().nullable(),
    pausedAt: time.nullable(),
    address: z.string().nullable().describe('Where a webhook’s events are posted.'),
    next: z.array(time).describe('The next five firings of a schedule; none while it is paused.'),
    notice: z.string().nullable().describe('Why `next` is worked out and not what is set up.'),
    lastRun: z
      .object({ id: z.string(), status: runStatus, verdict: verdictValue.nullable(), startedAt: time })
      .nullable()
      .describe('The newest run that it started.'),
  })
  .meta({ id: 'Trigger' })

const view = ({ runbook, ...rest }: TriggerView) => ({ runbook: runbook.name, ...rest })

const params = z.strictObject({ runbook: z.string().max(64), trigger: z.string().max(64) })
const query = z.strictObject({ environment: environmentName.default('production') })
const done = z.object({
  warning: z
    .string()
    .nullable()
    .describe('What is not done yet although it is saved: the schedule, while Temporal is away.'),
})
const errors = { 'unknown-trigger': 'The live version of the runbook has no such trigger.' }

export const listTriggersOperation = defineOperation({
  id: 'listTriggers',
  method: 'GET',
  path: '/api/v1/triggers',
  summary: 'List triggers',
  description: 'The schedules, webhooks and events of the live versions.',
  role: 'viewer',
  query: z.strictObject({ runbook: z.string().max(64).optional(), kind: kind.optional(), ...pageQuery }),
  responses: { 200: { description: 'A page of triggers.', schema: pageOf(schema) } },
  async handler({ query: { limit, cursor, ...filters }, services, reply }) {
    const all = (await listTriggers(services, filters)).map(view)
    return reply(200, pageFrom(all, { limit, ...(cursor === undefined ? {} : { cursor }) }))
  },
})

export const pauseTrigger = defineOperation({
  id: 'pauseTrigger',
  method: 'POST',
  path: '/api/v1/triggers/{runbook}/{trigger}/pause',
  summary: 'Pause a trigger',
  description: 'A paused schedule does not fire; events of a paused webhook or event trigger are filtered.',
  role: 'operator',
  params,
  query,
  body: z.strictObject({ reason: z.string().trim().min(1, 'Say why: others will ask.').max(400) }),
  responses: { 200: { description: 'It is paused.', schema: done } },
  errors,
  async handler({ params: name, query: { environment }, body: { reason }, actor, services, reply }) {
    return reply(200, await setTriggerPaused(services, { ...name, environment }, { paused: true, reason, actor }))
  },
})

export const resumeTrigger = defineOperation({
  id: 'resumeTrigger',
  method: 'POST',
  path: '/api/v1/triggers/{runbook}/{trigger}/resume',
  summary: 'Let a paused trigger go on',
  role: 'operator',
  params,
  query,
  responses: { 200: { description: 'It is not paused.', schema: done } },
  errors,
  async handler({ params: name, query: { environment }, actor, services, reply }) {
    return reply(200, await setTriggerPaused(services, { ...name, environment }, { paused: false, reason: '', actor }))
  },
})

export const backfillTriggerOperation = defineOperation({
  id: 'backfillTrigger',
  method: 'POST',
  path: '/api/v1/triggers/{runbook}/{trigger}/backfill',
  summary: 'Make up for missed firings',
  description:
    'Runs a schedule for every time in a span at which it should have fired, one after the other; at most 200.',
  role: 'operator',
  params,
  query,
  body: z.strictObject({ from: isoTime, to: isoTime }),
  responses: { 202: { description: 'The runs are on their way.', schema: z.object({ firings: z.int() }) } },
  errors: {
    ...errors,
    'trigger-paused': 'It is paused; resume it first.',
    'not-a-schedule': 'Webhooks and events have no times.',
    'bad-span': 'The end is not after the beginning, or in the future.',
    'no-firing': 'The schedule does not fire in the span.',
    'too-many-firings': 'The schedule fires more than 200 times in the span.',
  },
  async handler({ params: name, query: { environment }, body, actor, services, reply }) {
    const span = { from: Date.parse(body.from), to: Date.parse(body.to), actor }
    return reply(202, await backfillTrigger(services, { ...name, environment }, span))
  },
})
