import { relation, type RelationResult } from '@tenon/data'
import type { Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { entityField } from '../../input-fields.ts'
import { listText } from '../../judge/figures.ts'
import { nameOf } from '../../judge/judge-chain.ts'
import { defineNode } from '../../node.ts'
import { entityOutput, toEntityOutput } from './entity-output.ts'

/** A drawing of more is not read. */
const drawnLinks = 80

export const relations = defineNode({
  type: 'ask.relations',
  version: 1,
  title: 'Ask what is linked',
  description:
    'Finds what an entity depends on, what depends on it, or both, as many hops away as asked, nearest first. Each link says who says so: a person, or the store that discovery read it from.',
  group: 'ask',
  icon: 'network',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'neutral', meaning: 'Something is linked to it.' },
    { name: 'none', tone: 'neutral', meaning: 'The model links nothing to it.' },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    direction: z.enum(['upstream', 'downstream', 'both']).default('upstream').meta({
      title: 'Direction',
      description: 'upstream is what it depends on, downstream what depends on it.',
    }),
    depth: z.number().int().min(1).max(10).default(1).meta({ title: 'Hops', description: 'How far to go.' }),
    kinds: z.array(relation.shape.kind).default([]).meta({
      title: 'Kinds',
      description: 'calls, runs-on, stores-in, part-of, owned-by, one a line; empty for all.',
    }),
  }),
  output: z.object({
    /** Without the entity that was asked of; nearest first. */
    ids: z.array(z.string()),
    entities: z.array(entityOutput),
    links: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        kind: z.string(),
        hops: z.number(),
        /** Null when a person says so. */
        by: z.string().nullable(),
      }),
    ),
  }),
  async run(ctx, { entity, direction, depth, kinds }) {
    const found = await ctx.data.relation({ entity, direction, depth, ...(kinds.length === 0 ? {} : { kinds }) })
    const others = found.entities.filter(({ id }) => id !== found.root)
    const name = nameOf(ctx.data.model, entity)
    return {
      outcome: others.length > 0 ? 'found' : 'none',
      output: {
        ids: others.map(({ id }) => id),
        entities: others.map(toEntityOutput),
        links: found.links.map(({ from, to, kind, hops, by }) => ({ from, to, kind, hops, by: by ?? null })),
      },
      summary:
        others.length === 0
          ? `Nothing is linked to ${name} that way`
          : `${name}: ${listText(others.map(({ id, title }) => title ?? id))}`,
      evidence: others.length === 0 ? [] : [graphOf(name, found)],
    }
  },
})

function graphOf(name: string, { root, entities, links }: RelationResult): Evidence {
  const drawn = links.slice(0, drawnLinks)
  const within = new Set([root, ...drawn.flatMap(({ from, to }) => [from, to])])
  return {
    id: 'relations',
    kind: 'topology',
    title: `What is linked to ${name}`,
    ...(links.length > drawn.length ? { subtitle: `The nearest ${drawn.length} of ${links.length} links` } : {}),
    nodes: entities.filter(({ id }) => within.has(id)).map(({ id, title }) => ({ id, title: title ?? id })),
    edges: drawn.map(({ from, to }) => ({ from, to })),
  }
}
