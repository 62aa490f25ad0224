/** What the losing entity depends on, judged by its own measures: saturation, waits, latency, success. */
import { dependencyKinds, indexModel, type DataService, type Measure, type Model } from '@tenon/data'
import type { Hypothesis } from '@tenon/runbook'
import { fetchAndJudge, type Judged } from './fetch-and-judge.ts'
import { listText, lower, valueText } from './figures.ts'

const minute = 60_000
const saturated = 0.9
/** A dependency that went wrong later than the loss began is rather its victim. */
const lateMinutes = 3

export interface JudgedDependency {
  entity: string
  judged: Judged[]
}

/** Direct dependencies that have measures in the model. */
export async function judgeDependencies(
  data: DataService,
  entity: string,
  options: { windowMinutes: number; asOf: number },
): Promise<JudgedDependency[]> {
  const judged = await judgeAllDependencies(data, entity, { ...options, depth: 1 })
  return judged.filter((one) => one.judged.length > 0)
}

const mostDependencies = 40

/** Dependencies up to `depth` calls away, nearest first; those that the model does not measure without a judgement. */
export async function judgeAllDependencies(
  data: DataService,
  entity: string,
  options: { depth: number; windowMinutes: number; asOf: number },
): Promise<JudgedDependency[]> {
  const { depth, ...common } = options
  const { entities } = await data.relation({ entity, direction: 'upstream', depth, kinds: dependencyKinds })
  const dependencies = entities.filter(({ id, kind }) => id !== entity && kind !== 'host' && kind !== 'zone')
  return Promise.all(
    dependencies.slice(0, mostDependencies).map(async ({ id }): Promise<JudgedDependency> => {
      const measures = tellingMeasures(data.model, id)
      return {
        entity: id,
        judged: await Promise.all(measures.map((measure) => fetchAndJudge(data, { measure, ...common }))),
      }
    }),
  )
}

/** Counters follow the load, which is not the dependency's doing; of several latencies the histogram's says most. */
function tellingMeasures(model: Model, entity: string): string[] {
  const tables = Map.groupBy(indexModel(model).measuresOf(entity), ({ tableId }) => tableId)
  return [...tables.values()].flatMap((places) => {
    const hasHistogram = places.some(({ measure }) => measure.kind === 'histogram')
    const isTelling = (measure: Measure) =>
      measure.kind !== 'counter' &&
      measure.seasonality !== 'none' &&
      !(hasHistogram && measure.kind === 'ratio' && measure.unit === 's')
    return places.filter(({ measure }) => isTelling(measure)).map(({ ref }) => ref)
  })
}

export function dependencyHypotheses(
  dependencies: JudgedDependency[],
  { onset, placeText }: { onset: number; placeText: string | null },
): Hypothesis[] {
  return dependencies.map((one) => {
    const key = `dependency:${one.entity}`
    const abnormal = one.judged.filter(({ judgement }) => judgement.value === 'abnormal')
    if (abnormal.length === 0) return innocent(one, key)
    const isLate = abnormal.every(
      ({ judgement }) => judgement.onset !== null && judgement.onset > onset + lateMinutes * minute,
    )
    const against = [
      ...(placeText === null ? [] : [`the loss sits in ${placeText}, while ${one.entity} serves all`]),
      ...(isLate ? [`${one.entity} became abnormal only after the loss began`] : []),
    ]
    const base = placeText === null ? (abnormal.length > 1 ? 0.92 : 0.8) : 0.12
    return {
      kind: 'dependency',
      key,
      cause: causeOf(one.entity, abnormal),
      likelihood: isLate ? base / 2 : base,
      supports: abnormal.map(figuresOf),
      against,
    }
  })
}

/** As the end of a sentence: "payment-db is saturated: utilisation 100 %, expected 26 %". */
export function causeOf(entity: string, abnormal: Judged[]): string {
  const full = abnormal.find(
    ({ unit, kind, judgement }) => unit === 'ratio' && kind === 'gauge' && (judgement.actual ?? 0) >= saturated,
  )
  if (full) return `${entity} is saturated: ${lower(figuresOf(full))}`
  const [first] = abnormal
  return first ? `${entity} is abnormal: ${lower(figuresOf(first))}` : `${entity} is abnormal`
}

function innocent({ entity, judged }: JudgedDependency, key: string): Hypothesis {
  const unseen = judged.filter(({ judgement }) => judgement.value === 'inconclusive')
  const cause = `${entity} is abnormal`
  const common = { kind: 'dependency' as const, key, cause, supports: [] }
  if (unseen.length > 0) {
    const titles = listText(unseen.map(({ title }) => lower(title)))
    return { ...common, likelihood: 0.1, against: [`${titles} could not be judged`] }
  }
  return { ...common, likelihood: 0, against: [`as expected: ${listText(judged.map((one) => lower(figuresOf(one))))}`] }
}

export function figuresOf({ title, unit, judgement: { actual, expected } }: Judged): string {
  if (actual === null || expected === null) return title
  return `${title} ${valueText(actual, unit)}, expected ${valueText(expected, unit)}`
}
