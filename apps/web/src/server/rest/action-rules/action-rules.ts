/** What actions may do in this installation, and how far each runbook is trusted. */
import { actionKind, actionPolicy, autonomyLevel } from '@tenon/actions'
import * as z from 'zod'
import { autonomyView, grantAutonomy, setActionPolicy } from '../../action-rules.ts'
import { defineOperation } from '../operation.ts'
import { time } from '../runs/run-schema.ts'

const policy = actionPolicy.meta({ id: 'ActionPolicy' })

const autonomy = z
  .object({
    runbook: z.string(),
    kind: actionKind.describe('Of action.'),
    level: autonomyLevel.describe('What holds now.'),
    granted: z
      .object({ level: autonomyLevel, by: z.string(), at: time, reason: z.string() })
      .nullable()
      .describe('null: the usual level of the policy holds.'),
    demotedBy: z
      .object({ action: z.string(), title: z.string(), status: z.string(), at: time })
      .nullable()
      .describe('The action whose end took `automatic` away.'),
    supervisedSuccesses: z.int().describe('Approved actions that went well since the newest that did not.'),
  })
  .meta({ id: 'Autonomy' })

export const getActionPolicy = defineOperation({
  id: 'getActionPolicy',
  method: 'GET',
  path: '/api/v1/action-policy',
  summary: 'Get the limits on actions',
  description: 'They hold for every action; no runbook can loosen one.',
  role: 'viewer',
  responses: { 200: { description: 'The policy.', schema: policy } },
  handler: async ({ services, reply }) => reply(200, await services.db.actionRules.policy()),
})

export const putActionPolicy = defineOperation({
  id: 'putActionPolicy',
  method: 'PUT',
  path: '/api/v1/action-policy',
  summary: 'Set the limits on actions',
  description: 'The whole policy; what is left out gets its usual value. It counts from the next call on.',
  role: 'admin',
  body: policy,
  responses: { 200: { description: 'The policy.', schema: policy } },
  handler: async ({ body, actor, services, reply }) =>
    reply(200, await setActionPolicy(services, { policy: body, actor })),
})

export const listAutonomy = defineOperation({
  id: 'listAutonomy',
  method: 'GET',
  path: '/api/v1/autonomy',
  summary: 'What each runbook may do alone',
  description: 'Of every runbook and kind of action that acted or was granted a level.',
  role: 'viewer',
  responses: { 200: { description: 'By runbook and kind.', schema: z.object({ items: z.array(autonomy) }) } },
  handler: async ({ services, reply }) =>
    reply(200, { items: (await services.db.actionRules.autonomies()).map(autonomyView) }),
})

export const putAutonomy = defineOperation({
  id: 'putAutonomy',
  method: 'PUT',
  path: '/api/v1/autonomy/{runbook}/{kind}',
  summary: 'Grant a level to a runbook',
  description:
    'observe: shown only. suggest: people carry it out. approve: carried out with an approval. automatic: by itself, until one of its actions fails. Down is always allowed; up goes one level at a time, and to automatic only after enough approved actions that went well.',
  role: 'admin',
  params: z.strictObject({ runbook: z.string().min(1).max(200), kind: actionKind }),
  body: z.strictObject({
    level: autonomyLevel,
    reason: z.string().trim().min(1, 'Say why: others will ask.').max(400),
  }),
  responses: {
    200: {
      description: 'It is granted.',
      schema: z.object({ runbook: z.string(), kind: actionKind, level: autonomyLevel }),
    },
  },
  errors: { 'autonomy-refused': 'It skips a level, or too few approved actions went well.' },
  handler: async ({ params, body, actor, services, reply }) =>
    reply(200, await grantAutonomy(services, { ...params, ...body, actor })),
})
