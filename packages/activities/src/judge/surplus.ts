/** More events than usual at a chain's source: which of its kinds they are, e.g. those of a load test. */
import { indexModel, type DataService } from '@tenon/data'
import { eventsOver } from './mean-over.ts'
import { isUp, type JudgedStep } from './judge-chain.ts'

const minute = 60_000
const stepSeconds = 60
/** One kind must hold so much of the surplus to be named. */
const namedShare = 0.7

export interface Surplus {
  /** actual / expected - 1. */
  deviation: number
  /** The dimension value that holds most of it, e.g. { kind: 'load-test' }; null when it is spread. */
  where: Record<string, string> | null
}

/** Null when the source is not above expected. */
export async function findSurplus(data: DataService, source: JudgedStep, asOf: number): Promise<Surplus | null> {
  if (!isUp(source)) return null
  const { judgement } = source.judged
  const deviation = judgement.deviation ?? 0
  const dimensions = indexModel(data.model).measure(source.step.measure)?.dimensions ?? []
  if (dimensions.length === 0) return { deviation, where: null }
  const onset = Math.min(judgement.onset ?? asOf - 5 * minute, asOf - 2 * minute)
  const from = onset - 60 * minute
  const answer = await data.data({
    measure: source.step.measure,
    groupBy: dimensions,
    from,
    to: asOf,
    stepSeconds,
    asOf,
  })
  const surplus = ((judgement.actual ?? 0) - (judgement.expected ?? 0)) * ((asOf - onset) / minute)
  const scale = (asOf - onset) / (55 * minute)
  const grown = answer.series.map(({ dimensions: values, points }) => {
    const before = eventsOver(points, { from, to: onset - 5 * minute, stepSeconds })
    const now = eventsOver(points, { from: onset, to: asOf, stepSeconds })
    return { values, more: now - before * scale }
  })
  const top = grown.toSorted((a, b) => b.more - a.more)[0]
  return { deviation, where: top && top.more >= namedShare * surplus ? top.values : null }
}
