/**
 * Median of the newest few values, kept sorted as they come and go. Layout: where the next value goes, how many there are, the values in
 * order of arrival, the values in order of size.
 */
const capacity = 9
const [next, count, ring, sorted] = [0, 1, 2, 2 + capacity]

export const recentSlots = sorted + capacity
/** Fewer values than this have no median yet. */
const enough = 5

export function startRecent(state: Float32Array, at: number): void {
  state.fill(0, at, at + recentSlots)
}

/** NaN while there are too few. */
export function recentMedian(state: Float32Array, at: number): number {
  const held = state[at + count]!
  return held < enough ? Number.NaN : state[at + sorted + (held >> 1)]!
}

export function addRecent(state: Float32Array, at: number, value: number): void {
  const held = state[at + count]!
  const place = state[at + next]!
  const from = at + sorted
  let hole = held
  if (held === capacity) {
    const leaves = state[at + ring + place]!
    hole = 0
    while (hole < capacity - 1 && state[from + hole]! !== leaves) hole += 1
  } else state[at + count] = held + 1
  state[at + ring + place] = value
  state[at + next] = place + 1 === capacity ? 0 : place + 1
  // What is held now is what was rounded to float32: later it is looked for by equality.
  const rounded = state[at + ring + place]!
  const top = held === capacity ? capacity - 1 : held
  while (hole > 0 && state[from + hole - 1]! > rounded) {
    state[from + hole] = state[from + hole - 1]!
    hole -= 1
  }
  while (hole < top && state[from + hole + 1]! < rounded) {
    state[from + hole] = state[from + hole + 1]!
    hole += 1
  }
  state[from + hole] = rounded
}

/** Moves every value, as when what they are counted from changes. The order stays. */
export function shiftRecent(state: Float32Array, at: number, by: number): void {
  for (let slot = at + ring; slot < at + recentSlots; slot += 1) state[slot] = state[slot]! + by
}
