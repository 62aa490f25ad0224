/** What of the model and its data goes over the API. */
import { catalogueKinds, entity } from '@tenon/data'
import { dataQuality, evidenceQuery, point } from '@tenon/runbook'
import * as z from 'zod'

export const label = z.string().min(1).max(200)
export const reference = label.describe('`<table>.<measure>`, or `<entity>.<measure>`: `payment.success-rate`.')

export const entitySchema = entity.meta({ id: 'Entity' })

export const hitSchema = z
  .object({
    kind: z.enum(catalogueKinds),
    ref: z.string().describe('What it is asked for by.'),
    title: z.string(),
    subtitle: z.string(),
    unit: z.string().optional(),
    where: z.record(z.string(), z.string()).optional().describe('A filter that the search named: "zone A".'),
    score: z.number(),
  })
  .meta({ id: 'DataServiceHit' })

export const serviceSchemaOfApi = z
  .object({
    ref: z.string(),
    tableId: z.string(),
    tableTitle: z.string(),
    entity: z.string().nullable().describe('That it tells of; null for a table of each as a whole.'),
    each: z.string().nullable().describe('The kind whose every entity its table tells of.'),
    title: z.string(),
    description: z.string(),
    unit: z.string(),
    kind: z.enum(['counter', 'gauge', 'ratio', 'histogram', 'derived']),
    bad: z.enum(['down', 'up', 'both']).describe('Which direction is bad.'),
    seasonality: z.enum(['none', 'daily', 'weekly']),
    dimensions: z
      .array(z.object({ name: z.string(), values: z.array(z.string()) }))
      .describe('What it can be filtered and grouped by, with the values that the model knows.'),
    where: z.record(z.string(), z.string()).describe('What the reference already filters by.'),
    source: z.string().nullable().describe('The connection; null for a derived measure.'),
    expression: z.string().describe('How the model selects it at the source.'),
    formula: z.string().optional(),
    inputs: z.record(z.string(), z.string()).optional(),
    usedBy: z.array(z.object({ runbook: z.string(), title: z.string(), nodes: z.array(z.string()) })),
    provenance: z.string().nullable().describe('Who says that its entity exists; null when a person wrote it.'),
    schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema of the body that asks it, for POST /api/v1/data/query.'),
  })
  .meta({ id: 'DataServiceDetails' })

const series = z.object({
  dimensions: z.record(z.string(), z.string()).describe('Values of what it is grouped by; empty for a total.'),
  points: z.array(point).describe('`[unix milliseconds, value]`; null is a gap.'),
  quality: dataQuality,
})

export const dataResultSchema = z
  .object({
    measure: z.string(),
    unit: z.string(),
    series: z.array(series).describe('Exactly one without `groupBy`.'),
    quality: dataQuality,
    query: evidenceQuery,
  })
  .meta({ id: 'DataResult' })

export const relationsSchema = z
  .object({
    root: z.string(),
    entities: z.array(entitySchema),
    links: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        kind: z.string(),
        by: z.string().optional().describe('Who says so; absent when a person does.'),
        hops: z.int().describe('From the root.'),
      }),
    ),
  })
  .meta({ id: 'Relations' })
