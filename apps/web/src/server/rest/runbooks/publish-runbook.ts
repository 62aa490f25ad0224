import * as z from 'zod'
import { environmentName } from '../../environments.ts'
import { makeVersionLive, publishRunbook } from '../../publish-runbook.ts'
import { defineOperation } from '../operation.ts'
import { runbookName } from './runbook-schema.ts'

const environment = environmentName.optional().describe('`production` without it.')

const madeLive = z
  .object({
    version: z.int(),
    environment: z.string(),
    warning: z.string().nullable().describe('What is still to be done although the version is live.'),
  })
  .meta({ id: 'MadeLive' })

export const publishRunbookOperation = defineOperation({
  id: 'publishRunbook',
  method: 'POST',
  path: '/api/v1/runbooks/{name}/publish',
  summary: 'Publish a runbook',
  description: 'Makes a version of the draft and makes it live. Runs that go on keep the version they began with.',
  role: 'editor',
  params: z.strictObject({ name: runbookName }),
  body: z.strictObject({
    revision: z.int().min(1).describe('The draft’s revision that is meant.'),
    environment,
    note: z.string().trim().max(500).optional().describe('What changed.'),
  }),
  responses: {
    200: { description: 'It is live.', schema: madeLive.extend({ planHash: z.string() }).meta({ id: 'Published' }) },
  },
  errors: {
    'unknown-runbook': 'There is no such runbook.',
    'draft-conflict': 'The draft is at another revision.',
    'document-invalid': 'The draft has problems; every one has a place.',
    'unknown-environment': 'There is no such environment.',
  },
  handler: async ({ params: { name }, body, actor, services, reply }) =>
    reply(200, await publishRunbook(services, { name, ...body, actor })),
})

export const rollbackRunbook = defineOperation({
  id: 'rollbackRunbook',
  method: 'POST',
  path: '/api/v1/runbooks/{name}/rollback',
  summary: 'Make another version live',
  description: 'An older one, or one that is live in another environment.',
  role: 'editor',
  params: z.strictObject({ name: runbookName }),
  body: z.strictObject({ version: z.int().min(1), environment }),
  responses: { 200: { description: 'It is live.', schema: madeLive } },
  errors: {
    'unknown-runbook': 'There is no such runbook.',
    'unknown-version': 'It has no such version.',
    'unknown-environment': 'There is no such environment.',
  },
  handler: async ({ params: { name }, body, actor, services, reply }) =>
    reply(200, await makeVersionLive(services, { name, ...body, actor })),
})
