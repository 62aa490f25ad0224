/** The JSON Schema (draft 2020-12) of the request that asks one data service, and of its answer. */
import { valuesOfDimension } from '../catalogue/dimension-values.ts'
import type { Model } from '../model/model.ts'
import type { MeasurePlace } from '../model/model-index.ts'
import { describeMeasure } from './describe-sdk.ts'

export type ServiceSchema = Record<string, unknown>

/** More are not listed as examples. */
const mostExamples = 20

/** Where a part that many have is kept: returns what stands in its place. */
type Share = (name: string, make: () => ServiceSchema) => ServiceSchema

/**
 * Of POST /api/v1/data/query for exactly this reference.
 *
 * @param share for documents of many services; without it the schema stands alone
 */
export function serviceSchema(model: Model, place: MeasurePlace, share: Share = (_, make) => make()): ServiceSchema {
  const { ref, measure, measureId, dimensions } = place
  return {
    title: measure.title,
    description: describeMeasure({ id: measureId, ref, measure }),
    type: 'object',
    additionalProperties: false,
    required: ['measure'],
    properties: {
      measure: { const: ref },
      where: share(`where ${JSON.stringify(dimensions)}`, () => whereSchema(model, dimensions)),
      groupBy: share(`groupBy ${JSON.stringify(dimensions)}`, () => ({
        type: 'array',
        maxItems: 5,
        uniqueItems: true,
        items: dimensions.length === 0 ? false : { enum: dimensions },
      })),
      from: share('time', timeSchema),
      to: share('time', timeSchema),
      step: share('step', () => ({
        anyOf: [
          { type: 'integer', minimum: 1 },
          { type: 'string', pattern: '^\\d+[smhd]$' },
        ],
      })),
      asOf: share('time', timeSchema),
    },
  }
}

function whereSchema(model: Model, dimensions: readonly string[]): ServiceSchema {
  const value = { type: 'string', maxLength: 200 }
  const properties = dimensions.map((name) => {
    const examples = valuesOfDimension(model, name).slice(0, mostExamples)
    const one = examples.length === 0 ? value : { ...value, examples }
    return [name, { anyOf: [one, { type: 'array', items: value, minItems: 1, maxItems: 100 }] }] as const
  })
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) }
}

const timeSchema = (): ServiceSchema => ({
  description: 'ISO 8601, unix milliseconds, `now`, or so long ago: `-15m`, `-2h`.',
  anyOf: [
    { type: 'integer', minimum: 0 },
    { const: 'now' },
    { type: 'string', pattern: '^-\\d+[smhd]$' },
    { type: 'string', format: 'date-time' },
  ],
})
