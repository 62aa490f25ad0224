/** Of many series that are judged together some are odd by chance: those do not count. */
import { judgeManySeries, pValueOfScore } from '@tenon/analysis'
import type { JudgedSeries } from './judged-series.ts'

/** A judgement looks at about so many stretches that are not the same, and takes the strongest. */
const looks = 6

/** Those whose oddness chance explains become normal, with the reason. Each judgement looks over its window itself, so that it is one window here. */
export function withoutChance(all: readonly JudgedSeries[]): JudgedSeries[] {
  const seen = all.filter(({ judged }) => judged.judgement.value !== 'inconclusive')
  if (seen.length < 2) return [...all]
  const { series } = judgeManySeries(
    seen.map(({ judged }, index) => ({ id: String(index), pValues: [pValueOfScore(judged.judgement.score, looks)] })),
    { windows: 1, persist: 1 },
  )
  const named = new Set(seen.filter((_, index) => series[index]?.value === 'abnormal'))
  return all.map((one) => {
    const { judgement } = one.judged
    if (judgement.value !== 'abnormal' || named.has(one)) return one
    const reason = `One of ${seen.length} that were looked at: by chance some are as odd as this`
    const normal = { ...judgement, value: 'normal' as const, confidence: 0.7, onset: null }
    return { ...one, judged: { ...one.judged, judgement: { ...normal, reasons: [reason, ...judgement.reasons] } } }
  })
}
