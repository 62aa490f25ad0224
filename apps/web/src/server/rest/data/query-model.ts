import { relation } from '@tenon/data'
import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { entitySchema, label, relationsSchema } from './data-schemas.ts'

export const queryEntities = defineOperation({
  id: 'queryEntities',
  method: 'POST',
  path: '/api/v1/data/entities',
  summary: 'Ask what exists',
  description: 'Entities by kind, id and attributes, their own or inherited: a host has its service’s owner.',
  role: 'viewer',
  body: z
    .strictObject({
      kind: label.optional(),
      id: label.optional(),
      where: z.record(label, label).optional().describe('Attribute -> value, all of which must hold: `{"zone": "A"}`.'),
      limit: pageQuery.limit,
      cursor: pageQuery.cursor,
    })
    .prefault({}),
  responses: { 200: { description: 'A page of them.', schema: pageOf(entitySchema) } },
  async handler({ body: { limit, cursor, ...query }, services, reply }) {
    const data = await services.data()
    return reply(200, pageFrom(await data.entity(query), { limit, ...(cursor === undefined ? {} : { cursor }) }))
  },
})

export const queryRelations = defineOperation({
  id: 'queryRelations',
  method: 'POST',
  path: '/api/v1/data/relations',
  summary: 'Ask what is linked',
  description: 'What an entity depends on, what depends on it, or both, hop by hop, nearest first.',
  role: 'viewer',
  body: z.strictObject({
    entity: label,
    direction: z
      .enum(['upstream', 'downstream', 'both'])
      .default('both')
      .describe('`upstream` is what it depends on, `downstream` what depends on it.'),
    depth: z.int().min(1).max(10).default(1).describe('Hops.'),
    kinds: z.array(relation.shape.kind).min(1).optional().describe('Which relations are followed; all without it.'),
  }),
  responses: { 200: { description: 'Entities and links.', schema: relationsSchema } },
  errors: { 'unknown-entity': 'The model has no such entity.', 'query-too-large': 'More than one answer may have.' },
  async handler({ body: { kinds, ...query }, services, reply }) {
    const data = await services.data()
    return reply(200, await data.relation({ ...query, ...(kinds === undefined ? {} : { kinds }) }))
  },
})
