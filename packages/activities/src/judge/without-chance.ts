/**
 * Of many series that are judged together some are odd by chance. The false discovery rate is held at 5 % by Benjamini and Hochberg (1995) over the
 * probabilities that noise alone gives their scores.
 */
import type { JudgedSeries } from './judged-series.ts'

const falseDiscoveryRate = 0.05
/** A judgement looks at about so many stretches, and takes the strongest. */
const looks = 6

/** Those whose oddness chance explains become normal, with the reason. */
export function withoutChance(all: readonly JudgedSeries[]): JudgedSeries[] {
  const seen = all.filter(({ judged }) => judged.judgement.value !== 'inconclusive')
  if (seen.length < 2) return [...all]
  const probabilities = seen.map(({ judged }) => probabilityOf(judged.judgement.score ?? 0)).toSorted((a, b) => a - b)
  const allowed = probabilities.findLast(
    (probability, index) => probability <= ((index + 1) / seen.length) * falseDiscoveryRate,
  )
  return all.map((one) => {
    const { judgement } = one.judged
    if (judgement.value !== 'abnormal' || probabilityOf(judgement.score ?? 0) <= (allowed ?? 0)) return one
    const reason = `One of ${seen.length} that were looked at: by chance some are as odd as this`
    return {
      ...one,
      judged: {
        ...one.judged,
        judgement: {
          ...judgement,
          value: 'normal',
          confidence: 0.7,
          onset: null,
          reasons: [reason, ...judgement.reasons],
        },
      },
    }
  })
}

const probabilityOf = (score: number): number => Math.min(1, looks * tailOf(Math.abs(score)))

/** Upper tail of the normal distribution, by the continued-fraction bound of its Mills ratio: within 1 % from 2 deviations on, where it matters. */
function tailOf(score: number): number {
  if (score < 0.5) return 0.5
  const density = Math.exp((-score * score) / 2) / Math.sqrt(2 * Math.PI)
  return density / (score + 1 / (score + 2 / (score + 3 / (score + 4 / (score + 5 / score)))))
}
