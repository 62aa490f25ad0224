/** How many orders a second the marketplace sends at a moment: the one season that history and live traffic both follow. */

const DAY = 86_400_000

/** Hours of the day (UTC) with the share of the daily swing that they carry; read as a closed curve with smooth joins. */
const DAILY_CURVE = [
  0.22, 0.12, 0.05, 0, 0.02, 0.08, 0.2, 0.38, 0.55, 0.68, 0.77, 0.84, 0.88, 0.84, 0.8, 0.78, 0.8, 0.86, 0.94, 1, 0.95,
  0.8, 0.58, 0.38,
]

const NIGHT_RATE = 6
const PEAK_RATE = 14
/** Sunday first. Weekends are quieter, Friday a little busier. */
const WEEKDAY_FACTOR = [0.8, 0.97, 0.98, 0.98, 0.99, 1, 0.85]

/**
 * Expected normal orders per second at `at` (unix milliseconds): 6 at night to 14 at the evening peak, lower at weekends, with a
 * slow wobble of at most 2 % so that no two weeks are alike.
 */
export function ordersPerSecond(at: number): number {
  const hour = (((at % DAY) + DAY) % DAY) / 3_600_000
  const index = Math.floor(hour)
  const share = smooth(DAILY_CURVE[index % 24]!, DAILY_CURVE[(index + 1) % 24]!, hour - index)
  return (NIGHT_RATE + (PEAK_RATE - NIGHT_RATE) * share) * weekdayFactor(at) * wobble(at)
}

function weekdayFactor(at: number): number {
  const days = at / DAY
  const day = Math.floor(days)
  const weekday = (((day + 4) % 7) + 7) % 7 // 1970-01-01 was a Thursday
  const today = WEEKDAY_FACTOR[weekday]!
  const tomorrow = WEEKDAY_FACTOR[(weekday + 1) % 7]!
  // The last two hours of a day lean towards the next one, so that midnight is no step.
  const intoLastHours = Math.max(0, (days - day) * 24 - 22) / 2
  return smooth(today, tomorrow, intoLastHours)
}

/** Three sines whose periods do not divide a day or a week. */
function wobble(at: number): number {
  const hours = at / 3_600_000
  return 1 + 0.01 * Math.sin(hours / 1.7) + 0.006 * Math.sin(hours / 5.3 + 1) + 0.004 * Math.sin(hours / 31 + 2)
}

function smooth(from: number, to: number, share: number): number {
  return from + (to - from) * (share * share * (3 - 2 * share))
}
