import { catalogueKinds, deepestHit } from '@tenon/data'
import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageOf, pageQuery, readCursor, writeCursor } from '../page.ts'
import { hitSchema } from './data-schemas.ts'

export const listDataServices = defineOperation({
  id: 'listDataServices',
  method: 'GET',
  path: '/api/v1/data/services',
  summary: 'Search data services',
  description:
    'By meaning, best first: `success rate payment zone A`, `response time checkout`, also with a slip of the finger. Without `search` everything, in the order of the model. A search leads to its best 1000.',
  role: 'viewer',
  query: z.strictObject({
    search: z.string().max(200).default('').describe('What is looked for, in words.'),
    kind: z.array(z.enum(catalogueKinds)).max(catalogueKinds.length).optional().describe('All kinds without it.'),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of them.', schema: pageOf(hitSchema) } },
  async handler({ query: { search, kind, limit, cursor }, services, reply }) {
    const offset = readCursor(z.int().min(0).max(deepestHit), cursor) ?? 0
    const { model } = await services.data()
    const kinds = kind && kind.length > 0 ? kind : catalogueKinds
    const { hits, total } = await services.dataCatalogue.search(model, { text: search, kinds, limit, offset })
    const end = offset + hits.length
    const more = hits.length === limit && end < total && end <= deepestHit
    return reply(200, { items: hits, next: more ? writeCursor(end) : null })
  },
})
