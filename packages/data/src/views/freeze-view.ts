/** Reads chosen series and keeps them as they are now. */
import { DataError } from '../data-error.ts'
import { inputOf } from '../derived/run-derived.ts'
import { indexModel, type MeasurePlace } from '../model/model-index.ts'
import type { DataQuery, DataService } from '../query/service.ts'
import type { FrozenMeasure, FrozenQuery } from './view.ts'

export interface ViewAsk {
  series: readonly Pick<DataQuery, 'measure' | 'where' | 'groupBy'>[]
  from: number
  to: number
  stepSeconds: number
  asOf: number
}

/** A view is looked at by people, and kept whole in one row. */
const mostPoints = 500_000
/** As the planner runs at a source at a time; more would only wait there. */
const sideBySide = 8

/**
 * @param means.kindOf what kind a connection is; null when there is none
 * @throws DataError as the queries do; `query-too-large`
 */
export async function freezeView(
  data: DataService,
  ask: ViewAsk,
  means: { kindOf(source: string): string | null; signal?: AbortSignal },
): Promise<FrozenMeasure[]> {
  const frozen: FrozenMeasure[] = []
  let points = 0
  const next = ask.series.entries()
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (const [index, one] of next) {
        const measure = await freezeOne(data, { ...ask, ...one }, means)
        points += measure.series.reduce((sum, series) => sum + series.points.length, 0)
        if (points > mostPoints) throw tooLarge()
        frozen[index] = measure
      }
    }),
  )
  return frozen
}

type Means = Parameters<typeof freezeView>[2]

async function freezeOne(
  data: DataService,
  ask: Omit<ViewAsk, 'series'> & ViewAsk['series'][number],
  means: Means,
): Promise<FrozenMeasure> {
  const { measure, where = {}, groupBy = [], from, to, stepSeconds, asOf } = ask
  const query: DataQuery = { measure, where, groupBy, from, to, stepSeconds, asOf }
  const [answer, described] = await Promise.all([
    data.data(query, means.signal ? { signal: means.signal } : {}),
    queryOf(data, query, means),
  ])
  // The service refuses what the model does not have.
  const place = indexModel(data.model).measure(measure)!
  const { title, bad } = place.measure
  return {
    measure,
    title: titleOf(data, place, title),
    unit: answer.unit,
    bad,
    where,
    groupBy,
    series: answer.series,
    quality: answer.quality,
    query: described,
  }
}

/** `payment: Succeeded`: a view has measures of several tables, whose titles are alike. */
function titleOf({ model }: DataService, { table, tableId, entity }: MeasurePlace, title: string): string {
  const of = entity === null ? table.title : (indexModel(model).entity(entity)?.title ?? entity)
  return `${of ?? tableId}: ${title}`
}

/** The planner shares what was asked a moment ago, so this sends nothing anew. */
async function queryOf(data: DataService, query: DataQuery, means: Means): Promise<FrozenQuery> {
  const index = indexModel(data.model)
  const place = index.measure(query.measure)
  if (place?.measure.kind !== 'derived') {
    const answer = await data.data(query, means.signal ? { signal: means.signal } : {})
    const { source, expression } = answer.query
    return { kind: 'source', source, sourceKind: means.kindOf(source) ?? 'unknown', expression }
  }
  const inputs = Object.entries(place.measure.inputs ?? {}).map(async ([name, ref]) => {
    const input = { ...query, measure: inputOf(index, place, ref) }
    return [name, await queryOf(data, input, means)] as const
  })
  return {
    kind: 'derived',
    formula: place.measure.formula ?? '',
    inputs: Object.fromEntries(await Promise.all(inputs)),
  }
}

const tooLarge = (): DataError =>
  new DataError('query-too-large', `A view holds at most ${mostPoints.toLocaleString('en')} points.`, {
    fix: 'Choose fewer series, a shorter time or a longer step.',
  })
