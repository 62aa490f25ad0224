/** Whether enough events are left to see a loss inside the chain when the source has dropped. */
import { eventsOver, meanOver } from './mean-over.ts'
import { recentStepSeconds } from './fetch-and-judge.ts'
import { isDown, type JudgedChain } from './judge-chain.ts'

const minute = 60_000
/** A loss of so many points of a step's conversion has to be visible, at three standard deviations. */
const visibleLoss = 0.05
const criticalScore = 3

export interface Lacking {
  /** Source events since the drop (at most the window), and how many more are needed. */
  events: number
  lacking: number
  minutes: number
}

/**
 * Null when the source did not drop, sends nothing at all (which is an outage whatever the rest does), or what is left shows a loss.
 * A share p of n events is known to sqrt(p (1-p) / n).
 */
export function eventsLacking(judged: JudgedChain, asOf: number, windowMinutes: number): Lacking | null {
  const { source, steps } = judged
  if (!isDown(source)) return null
  const onset = source.judged.judgement.onset ?? asOf - windowMinutes * minute
  const from = Math.max(Math.min(onset, asOf - 2 * minute), asOf - windowMinutes * minute)
  const events = eventsOver(source.judged.recent, { from, to: asOf, stepSeconds: recentStepSeconds })
  if (events < 1) return null
  const expected = [source, ...steps].map((step) => meanOver(step.judged.judgement.expectedPoints, from, asOf))
  const needed = steps.map((_, index) => {
    const [before, here] = [expected[index] ?? null, expected[index + 1] ?? null]
    if (before === null || here === null || before <= 0) return 0
    const share = Math.min(0.99, Math.max(0.01, here / before))
    return (criticalScore ** 2 * share * (1 - share)) / visibleLoss ** 2
  })
  const wanted = Math.max(source.judged.minimumEvents, ...needed)
  if (events >= wanted) return null
  return {
    events: Math.round(events),
    lacking: Math.ceil(wanted - events),
    minutes: Math.max(1, Math.round((asOf - from) / minute)),
  }
}
