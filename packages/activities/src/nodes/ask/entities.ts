import type { Entity } from '@tenon/data'
import type { Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { listText } from '../../judge/figures.ts'
import { defineNode } from '../../node.ts'
import { entityOutput, toEntityOutput } from './entity-output.ts'

/** A report shows a table that somebody reads; the output has all. */
const shownRows = 50

export const entities = defineNode({
  type: 'ask.entities',
  version: 1,
  title: 'List entities',
  description:
    'Finds what exists in the model by kind and attributes: the hosts of payment in zone A. What an entity does not say of itself it inherits, so a host has its service’s owner. The ids are a list that "For each" can go through.',
  group: 'ask',
  icon: 'boxes',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'neutral', meaning: 'At least one matches.' },
    { name: 'none', tone: 'neutral', meaning: 'Nothing in the model matches.' },
  ],
  mainInput: 'kind',
  input: z.object({
    kind: z.string().default('').meta({
      title: 'Kind',
      description: 'service, host, zone, database, ...; empty for every kind.',
    }),
    where: z
      .record(z.string(), z.string())
      .default({})
      .meta({ title: 'Where', description: 'Attributes and their values, e.g. zone: A, service: payment.' }),
    limit: z.number().int().min(1).max(1_000).default(200).meta({
      title: 'At most',
      description: 'How many are given; how many there are is said in any case.',
    }),
  }),
  output: z.object({
    /** In the model's order. */
    ids: z.array(z.string()),
    entities: z.array(entityOutput),
    /** Also of those that `limit` left out. */
    count: z.number(),
  }),
  async run(ctx, { kind, where, limit }) {
    const found = await ctx.data.entity({ ...(kind === '' ? {} : { kind }), where })
    const given = found.slice(0, limit)
    const ids = given.map(({ id }) => id)
    return {
      outcome: found.length > 0 ? 'found' : 'none',
      output: { ids, entities: given.map(toEntityOutput), count: found.length },
      summary: found.length === 0 ? 'Nothing in the model matches' : summaryOf(found, kind),
      evidence: found.length === 0 ? [] : [tableOf(found, kind)],
    }
  },
})

function summaryOf(found: Entity[], kind: string): string {
  const names = listText(found.map(({ id, title }) => title ?? id))
  return found.length < 5 ? names : `${found.length} ${kind === '' ? 'entities' : `of kind ${kind}`}: ${names}`
}

function tableOf(found: Entity[], kind: string): Evidence {
  const shown = found.slice(0, shownRows)
  const keys = [...new Set(shown.flatMap(({ attributes }) => Object.keys(attributes)))].slice(0, 6)
  return {
    id: 'entities',
    kind: 'table',
    title: kind === '' ? 'Entities' : `Entities of kind ${kind}`,
    ...(found.length > shown.length ? { subtitle: `The first ${shown.length} of ${found.length}` } : {}),
    columns: [
      { key: 'id', label: 'Id' },
      { key: 'kind', label: 'Kind' },
      { key: 'owner', label: 'Owner' },
      ...keys.map((key) => ({ key: `attribute ${key}`, label: key })),
    ],
    rows: shown.map(({ id, kind: of, owner, attributes }) => ({
      id,
      kind: of,
      owner: owner ?? null,
      ...Object.fromEntries(keys.map((key) => [`attribute ${key}`, attributes[key] ?? null])),
    })),
  }
}
