/**
 * Is a positive statistic beyond its own records? Of every block of points the largest is kept, and of all blocks the four largest.
 *
 * Whatever the distribution, of n exchangeable blocks the next exceeds the k-th largest with probability k / (n + 1) (Rényi 1962): no scale, no
 * tail model, and alarms that become rarer as a series becomes known. Values within a block belong together and count once. Records shrink
 * slowly (`forgetBlocks`), so that a series that changed its ways is judged by its new ones; the margin keeps an alarm from being a hair's breadth.
 */
const kept = 4
/** The largest of the open block, then the largest of all blocks in falling order. */
export const recordSlots = 1 + kept

/** Blocks in which an old record shrinks by the factor e. */
const forgetBlocks = 417
const fading = Math.exp(-1 / forgetBlocks)
/** Of a statistic that never moved before. */
const firstMove = 2

export function startRecords(state: Float32Array, at: number): void {
  state.fill(0, at, at + recordSlots)
}

/** The statistic as a multiple of the fourth largest block, 0 below half of that; then learns it. `isKnown`: enough was seen for "it never moved" to mean something. */
export function overRecord(state: Float32Array, at: number, statistic: number, isKnown: boolean): number {
  const bar = state[at + kept]!
  if (statistic > state[at]!) state[at] = statistic
  if (statistic < 0.5 * bar) return 0
  if (bar > 0) return statistic / bar
  return isKnown && statistic > 0 ? firstMove : 0
}

export function closeBlock(state: Float32Array, at: number): void {
  let newest = state[at]!
  for (let place = at + 1; place <= at + kept; place += 1) {
    const record = state[place]! * fading
    state[place] = newest > record ? newest : record
    if (newest > record) newest = record
  }
  state[at] = 0
}
