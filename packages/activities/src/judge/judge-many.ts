/** Many series judged at once: the golden measures of an entity, a list of measures, or one measure group by group. */
import { indexModel, type DataService } from '@tenon/data'
import { NodeError } from '../node-error.ts'
import { fetchAndJudge, fetchAndJudgeGroups, findMeasure } from './fetch-and-judge.ts'
import { goldenMeasures, type Aspect } from './golden-measures.ts'
import type { JudgedSeries } from './judged-series.ts'
import { withoutChance } from './without-chance.ts'

export interface ManyRequest {
  entity: string | null
  aspects: readonly Aspect[]
  measures: readonly string[]
  where: Record<string, string>
  groupBy: readonly string[]
  windowMinutes: number
  asOf: number
}

/** Each group costs a judgement; a dimension of more values is no question for one step. */
const mostSeries = 500
/** Volumes of days differ by some per cent for reasons of their own. */
const trafficRequest = { bad: 'both', minimumEffect: 0.08 } as const

interface Wanted {
  ref: string
  title: string
  aspect: Aspect | null
  where: Record<string, string>
}

/** Those that are abnormal only as one of many are by chance are given as normal. @throws NodeError `unknown-entity`, `unknown-measure`, `bad-input` when there are too many */
export async function judgeMany(data: DataService, request: ManyRequest): Promise<JudgedSeries[]> {
  const wanted = wantedOf(data, request)
  const { asOf, windowMinutes } = request
  const judged = await Promise.all(
    wanted.map(async ({ ref, title, aspect, where }): Promise<JudgedSeries[]> => {
      const common = { measure: ref, where, windowMinutes, asOf, ...(aspect === 'traffic' ? trafficRequest : {}) }
      const dimensions = indexModel(data.model).measure(ref)?.dimensions ?? []
      const groupBy = request.groupBy.filter((name) => dimensions.includes(name))
      if (groupBy.length === 0) {
        const place = Object.values(where).join(', ')
        const one = await fetchAndJudge(data, common)
        return [{ ref, title: place ? `${title} (${place})` : title, aspect, group: {}, judged: one }]
      }
      const groups = await fetchAndJudgeGroups(data, { ...common, groupBy })
      return groups.map((one) => ({
        ref,
        title: `${title} (${Object.values(one.dimensions).join(', ')})`,
        aspect,
        group: one.dimensions,
        judged: one.judged,
      }))
    }),
  )
  const all = judged.flat()
  if (all.length > mostSeries)
    throw new NodeError('bad-input', `There are ${all.length} series; one step judges ${mostSeries}.`, {
      fix: 'Group by a dimension with fewer values, or narrow it with "Where".',
    })
  return withoutChance(all)
}

function wantedOf(data: DataService, request: ManyRequest): Wanted[] {
  const { entity, where } = request
  const named = request.measures.map((ref): Wanted => ({
    ref,
    title: findMeasure(data, ref).title,
    aspect: null,
    where,
  }))
  if (entity === null) return named
  if (!indexModel(data.model).entity(entity))
    throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
      fix: 'Choose an entity of the model.',
    })
  const golden = goldenMeasures(data.model, entity).filter(({ aspect }) => request.aspects.includes(aspect))
  return [
    ...named,
    ...golden.map(({ ref, title, aspect, where: own }): Wanted => ({
      ref,
      title,
      aspect,
      where: { ...where, ...own },
    })),
  ]
}
