/**
 * What comes every day at the same hour is no news: a backup at two, a batch that ends at five. An alarm in an hour of the day that had one
 * on each of the last three such days, working days and weekends (UTC) apart, is held below the threshold, unless it is clearly worse.
 */
const threshold = 0.5
const belowThreshold = 0.49
const dayMs = 86_400_000
const hourMs = 3_600_000
/** Days in a row that make a habit; a day more is kept, which is today. */
const habitDays = 3
const allDays = 2 ** (habitDays + 1) - 1
const habit = allDays - 1
/** Hours of which one slot holds the days: 6 x 4 bits, which float32 counts exactly. */
const hoursASlot = 6
const bitsAnHour = habitDays + 1
/** The newest hour, the days of each hour on working days and at weekends, the largest odds of every two hours. */
const [newest, daysAt, largestAt] = [0, 1, 1 + (2 * 24) / hoursASlot]
/** Of the largest odds an hour of the day later; two of them share one. */
const fading = 0.95
const worse = 1.5
/** Hours are told apart up to 957 years. */
const manyHours = 2 ** 23

export const habitSlots = largestAt + 12

export function startHabits(state: Float32Array, at: number): void {
  state.fill(0, at, at + habitSlots)
  state[at + newest] = -1
}

/** The score at `t`, below the threshold where it is a habit; then learns it. Every point is to be told of, also those without an alarm. */
export function withoutHabits(state: Float32Array, at: number, t: number, score: number): number {
  const stamp = Math.abs(Math.floor(t / hourMs)) % manyHours
  if (stamp === state[at + newest] && score < threshold) return score
  const day = Math.floor(t / dayMs)
  const hour = Math.min(23, Math.floor((t - day * dayMs) / hourMs))
  // 1970-01-01 was a Thursday.
  const isWeekend = ((((day + 4) % 7) + 7) % 7) % 6 === 0
  const slot = at + daysAt + (isWeekend ? 24 / hoursASlot : 0) + Math.floor(hour / hoursASlot)
  const shift = (hour % hoursASlot) * bitsAnHour
  const largest = at + largestAt + (hour >> 1)
  let days = (state[slot]! >> shift) & allDays
  if (stamp !== state[at + newest]) {
    state[at + newest] = stamp
    days = (days << 1) & allDays
    state[largest]! *= fading
  }
  const odds = score / (1 - score)
  const isHabit = (days & habit) === habit && odds < worse * state[largest]!
  if (score >= threshold) {
    days |= 1
    if (odds > state[largest]!) state[largest] = odds
  }
  state[slot] = (state[slot]! & ~(allDays << shift)) | (days << shift)
  return score >= threshold && isHabit ? belowThreshold : score
}
