/** Durations as documents write them. */
const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/**
 * Seconds of a duration such as `30s`, `15m`, `2h` or `1d`; null when the text is not one.
 *
 * @example durationSeconds('15m') // 900
 */
export function durationSeconds(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  if (!match) return null
  return Number(match[1]) * unitSeconds[match[2] as keyof typeof unitSeconds]
}
