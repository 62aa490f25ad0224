/** Versions of a runbook over the REST API: listed, read and compared; and the environments in which they can be live. */
import * as z from 'zod'
import { compareVersions, versionReference } from '../../compare-versions.ts'
import { environmentName } from '../../environments.ts'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'
import { documentEdge } from '@tenon/runbook'

const runbookName = z.string().min(1).max(64)
const time = z.iso.datetime({ offset: true })
const unknownRunbook = { 'unknown-runbook': 'There is no such runbook.' }

const version = {
  number: z.int(),
  planHash: z.string().describe('Equal for versions that run the same.'),
  note: z.string().describe('What the publisher said of it.'),
  publishedBy: z.string(),
  publishedAt: time,
}
const versionSchema = z
  .object({ ...version, liveIn: z.array(z.string()).describe('Environments whose runs use it.') })
  .meta({ id: 'Version' })

export const listVersions = defineOperation({
  id: 'listVersions',
  method: 'GET',
  path: '/api/v1/runbooks/{name}/versions',
  summary: 'List versions',
  description: 'Newest first, at most 100.',
  role: 'viewer',
  params: z.strictObject({ name: runbookName }),
  responses: { 200: { description: 'The versions.', schema: wholeList(versionSchema) } },
  errors: unknownRunbook,
  async handler({ params: { name }, services: { db }, reply }) {
    // An unknown name has no versions, but a typing error must not look like a runbook that was never published.
    await db.runbooks.draft(name)
    const [versions, pointers] = await Promise.all([db.runbooks.versions(name), db.runbooks.pointers(name)])
    return reply(200, {
      next: null,
      items: versions.map((each) => ({
        number: each.number,
        planHash: each.planHash,
        note: each.note,
        publishedBy: each.publishedBy,
        publishedAt: each.publishedAt,
        liveIn: pointers.filter((pointer) => pointer.version === each.number).map((pointer) => pointer.environment),
      })),
    })
  },
})

export const getVersion = defineOperation({
  id: 'getVersion',
  method: 'GET',
  path: '/api/v1/runbooks/{name}/versions/{version}',
  summary: 'Get a version',
  role: 'viewer',
  params: z.strictObject({ name: runbookName, version: z.coerce.number().int().min(1).max(1_000_000) }),
  responses: {
    200: {
      description: 'The version with its text.',
      schema: z
        .object({ ...version, source: z.string().describe('YAML, as it was published.') })
        .meta({ id: 'VersionText' }),
    },
  },
  errors: { ...unknownRunbook, 'unknown-version': 'It has no such version.' },
  async handler({ params: { name, version: number }, services: { db }, reply }) {
    const { planHash, note, publishedBy, publishedAt, source } = await db.runbooks.version(name, number)
    return reply(200, { number, planHash, note, publishedBy, publishedAt, source })
  },
})

const fieldChange = z.object({
  path: z.array(z.string()),
  before: z.unknown().optional().describe('Left out when it was not there.'),
  after: z.unknown().optional().describe('Left out when it is not there any more.'),
})
const entryChange = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  id: z.string(),
  value: z.unknown().optional().describe('What was added or removed.'),
  fields: z.array(fieldChange).optional().describe('What changed of it.'),
})
const diffSchema = z
  .object({
    renamed: z.array(z.object({ from: z.string(), to: z.string() })).describe('Steps; all else speaks of the new ids.'),
    settings: z.array(fieldChange),
    params: z.array(entryChange),
    triggers: z.array(entryChange),
    nodes: z.array(entryChange),
    edges: z.array(z.object({ kind: z.enum(['added', 'removed']), edge: documentEdge })),
    tests: z.array(entryChange),
  })
  .meta({ id: 'RunbookDiff' })

export const diffVersions = defineOperation({
  id: 'diffVersions',
  method: 'GET',
  path: '/api/v1/runbooks/{name}/diff',
  summary: 'Compare versions',
  description: 'What differs in what runs: positions, comments and order are left out.',
  role: 'viewer',
  params: z.strictObject({ name: runbookName }),
  query: z.strictObject({
    from: versionReference.default('live').describe('A version’s number, `draft`, or `live`.'),
    to: versionReference.default('draft').describe('A version’s number, `draft`, or `live`.'),
    environment: environmentName.optional().describe('Whose live version `live` is; `production` without it.'),
  }),
  responses: {
    200: {
      description: 'The changes that make `to` out of `from`.',
      schema: z.object({
        from: z.int().nullable().describe('The version; null for the draft.'),
        to: z.int().nullable(),
        lines: z.array(z.string()).describe('The changes in words.'),
        diff: diffSchema,
      }),
    },
  },
  errors: {
    ...unknownRunbook,
    'unknown-version': 'It has no such version.',
    'not-published': 'Nothing is live in the environment.',
    'document-invalid': 'The draft is no runbook as it is.',
  },
  async handler({ params: { name }, query: { from, to, environment }, services, reply }) {
    const compared = await compareVersions(services, {
      name,
      from,
      to,
      ...(environment === undefined ? {} : { environment }),
    })
    return reply(200, { ...compared, lines: compared.lines.map(({ text }) => text) })
  },
})

export const listEnvironments = defineOperation({
  id: 'listEnvironments',
  method: 'GET',
  path: '/api/v1/environments',
  summary: 'List environments',
  description: 'Where versions can be live. `production` is what a call means that names none.',
  role: 'viewer',
  responses: { 200: { description: 'Their names.', schema: wholeList(z.string()) } },
  handler: async ({ services, reply }) => reply(200, { items: await services.db.settings.environments(), next: null }),
})
