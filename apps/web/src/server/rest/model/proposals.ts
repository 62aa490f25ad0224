/** Discovery over the REST API: begun, looked at, decided. */
import * as z from 'zod'
import { acceptProposal, existingProposal, rejectProposal, startDiscovery } from '../../model/discovery.ts'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

const time = z.iso.datetime({ offset: true })
const id = z.string().min(1).max(64)

const summary = {
  id,
  source: z.string().describe('The connection that was looked at.'),
  state: z.enum(['running', 'open', 'accepted', 'rejected', 'failed']),
  summary: z.string().describe('What it does now, while it runs; what it found, after.'),
  error: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: time,
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
}
const summarySchema = z.object(summary).meta({ id: 'ModelProposalSummary' })

const proposalSchema = z
  .object({
    ...summary,
    notes: z.array(z.string()).describe('What could not be read, or was left out.'),
    changes: z.array(
      z.object({
        key: z.string().describe('For `only` of accepting.'),
        section: z.enum(['entities', 'tables', 'relations', 'chains']),
        op: z.enum(['add', 'remove', 'change']),
        title: z.string(),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
      }),
    ),
  })
  .meta({ id: 'ModelProposal' })

const errors = {
  'unknown-proposal': 'There is no such proposal; only the newest 50 are kept.',
  'proposal-decided': 'It still runs, failed, or was decided already.',
}

export const discoverModel = defineOperation({
  id: 'discoverModel',
  method: 'POST',
  path: '/api/v1/model/discoveries',
  summary: 'Discover what a connection has',
  description:
    'Begins to read it, in the background. What it finds is a proposal; nothing changes until somebody accepts it.',
  role: 'editor',
  body: z.strictObject({
    connection: z.string().min(1).max(64),
    again: z
      .boolean()
      .default(false)
      .describe('Names everything anew by the present rules, also what is known; without it only what is new is read.'),
  }),
  responses: { 202: { description: 'It has begun.', schema: z.object({ proposalId: id }) } },
  errors: {
    'unknown-connection': 'There is no such connection.',
    'discovery-running': 'It is being looked at already; `data.proposalId` is the one that it fills.',
  },
  async handler({ body, actor, services, reply }) {
    return reply(202, { proposalId: await startDiscovery(services, { ...body, actor }) })
  },
})

export const listModelProposals = defineOperation({
  id: 'listModelProposals',
  method: 'GET',
  path: '/api/v1/model/proposals',
  summary: 'List proposals for the model',
  role: 'viewer',
  responses: { 200: { description: 'Newest first, without their changes.', schema: wholeList(summarySchema) } },
  async handler({ services: { db }, reply }) {
    return reply(200, { items: await db.modelProposals.list(), next: null })
  },
})

export const getModelProposal = defineOperation({
  id: 'getModelProposal',
  method: 'GET',
  path: '/api/v1/model/proposals/{id}',
  summary: 'Get a proposal for the model',
  role: 'viewer',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'With its changes.', schema: proposalSchema } },
  errors: { 'unknown-proposal': errors['unknown-proposal'] },
  async handler({ params, services, reply }) {
    return reply(200, await existingProposal(services, params.id))
  },
})

export const acceptModelProposal = defineOperation({
  id: 'acceptModelProposal',
  method: 'POST',
  path: '/api/v1/model/proposals/{id}/accept',
  summary: 'Accept a proposal for the model',
  description: 'In whole, or only some changes and what they need. The model is checked as a whole and used at once.',
  role: 'editor',
  params: z.strictObject({ id }),
  bodyLimit: 16 * 1024 * 1024,
  body: z
    .strictObject({
      only: z.array(z.string().max(500)).max(200_000).optional().describe('Keys of changes; all of them without it.'),
    })
    .default({}),
  responses: {
    200: {
      description: 'It is in the model.',
      schema: z.object({ files: z.array(z.string()).describe('That changed.') }),
    },
  },
  errors: { ...errors, 'model-invalid': 'The model would be wrong; nothing was changed.' },
  async handler({ params, body, actor, services, reply }) {
    return reply(200, await acceptProposal(services, { id: params.id, only: body.only, actor }))
  },
})

export const rejectModelProposal = defineOperation({
  id: 'rejectModelProposal',
  method: 'POST',
  path: '/api/v1/model/proposals/{id}/reject',
  summary: 'Reject a proposal for the model',
  role: 'editor',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'It is rejected.', schema: z.object({ rejected: z.literal(true) }) } },
  errors,
  async handler({ params, actor, services, reply }) {
    await rejectProposal(services, { id: params.id, actor })
    return reply(200, { rejected: true })
  },
})
