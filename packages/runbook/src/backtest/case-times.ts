import { durationSeconds } from '../duration.ts'

/** Most moments that one backtest looks at. */
export const mostCases = 1_000

export type CaseTimes = { ok: true; times: number[] } | { ok: false; message: string; fix: string }

/**
 * The moments from `from` to `to`, both included, one every so often. Unix milliseconds.
 *
 * @example caseTimes({ from: 0, to: 7_200_000, every: '1h' }) // { ok: true, times: [0, 3600000, 7200000] }
 */
export function caseTimes({ from, to, every }: { from: number; to: number; every: string }): CaseTimes {
  const seconds = durationSeconds(every)
  if (seconds === null || seconds === 0)
    return { ok: false, message: `"${every}" is not a time between cases.`, fix: 'Write it like 15m or 1h.' }
  if (to < from) return { ok: false, message: 'The range ends before it begins.', fix: 'Exchange its ends.' }
  const count = Math.floor((to - from) / (seconds * 1000)) + 1
  if (count > mostCases)
    return {
      ok: false,
      message: `The range has ${count} cases; ${mostCases} are allowed.`,
      fix: 'Take a shorter range, or a longer time between cases.',
    }
  return { ok: true, times: Array.from({ length: count }, (_, index) => from + index * seconds * 1000) }
}
