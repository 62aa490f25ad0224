/**
 * Of what the members say, what is worth an alarm now: an alarm tells of a beginning, so the score stays below the threshold while one is
 * fresh and this is no worse.
 *
 * How long it is fresh depends on how coarse a series is: an episode of a series by the minute lasts minutes, one of a series of five minutes
 * or more lasts hours. What is merely rare waits hours at any pace: an incident that was told of leaves odd values behind it. And what the
 * seasonal member says of a coarse series counts half: there the newest nine points are most of an hour or more, and a part of the day few points.
 */
const threshold = 0.5
const belowThreshold = 0.49
const [since, lastOdds] = [0, 1]
/** What was told of is told of again when its odds, score / (1 - score), are this much higher. */
const worse = 1.5
const [fineSeconds, coarseSeconds] = [60, 300]
const [finePoints, coarsePoints] = [6, 120]
/** By how much the odds of the seasonal member are divided in a coarse series. */
const coarseDoubt = 2

export interface OnsetOnly {
  readonly slots: number
  start(state: Float32Array, at: number): void
  /** `seasonal`: score of the seasonal member, `rare` of the surprise member. */
  update(state: Float32Array, at: number, seasonal: number, rare: number): number
}

export function createOnsetOnly(intervalSeconds: number): OnsetOnly {
  const step = Math.min(coarseSeconds, Math.max(fineSeconds, intervalSeconds))
  /** Of fine 0, of coarse 1, between the two by the logarithm of the interval. */
  const coarseness = Math.log(step / fineSeconds) / Math.log(coarseSeconds / fineSeconds)
  const silent = Math.round(finePoints * (coarsePoints / finePoints) ** coarseness)
  const doubt = coarseDoubt ** coarseness
  const silentRare = Math.round((coarsePoints * coarseSeconds) / Math.min(coarseSeconds, intervalSeconds))

  function update(state: Float32Array, at: number, seasonal: number, rare: number): number {
    const passed = state[at + since]!
    state[at + since] = passed < silentRare ? passed + 1 : silentRare
    const odds = seasonal / (1 - seasonal) / doubt
    const score = odds / (1 + odds)
    const isNew = score >= threshold && (passed >= silent || odds >= worse * state[at + lastOdds]!)
    const isRare = rare >= threshold && passed >= silentRare
    if (!isNew && !isRare) return Math.min(belowThreshold, Math.max(score, rare))
    state[at + since] = 0
    state[at + lastOdds] = odds
    return Math.max(score, rare)
  }

  return {
    slots: 2,
    start(state, at) {
      state[at + since] = silentRare
      state[at + lastOdds] = 0
    },
    update,
  }
}
