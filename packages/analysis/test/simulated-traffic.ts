/** Repeatable traffic for the tests: a daily and weekly season with Poisson noise. */
import type { Sample } from '../src/series.ts'

export const minute = 60_000
export const day = 86_400_000
/** A Wednesday, 14:00 UTC. */
export const now = Date.UTC(2026, 9, 14, 14, 0)

/** Mulberry32: 32 bits of state, good enough for tests and the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function normalOf(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Knuth below 30, normal approximation above. */
export function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalOf(random)))
  const limit = Math.exp(-mean)
  let count = -1
  for (let product = 1; product > limit; product *= random()) count++
  return count
}

/** Events a second by season, about `level` on a working day's afternoon. */
export function season(t: number, level = 8): number {
  const hour = (t % day) / (day / 24)
  const weekend = [0, 6].includes(new Date(t).getUTCDay()) ? 0.7 : 1
  return level * weekend * (1 + 0.35 * Math.sin(((hour - 8) / 24) * 2 * Math.PI))
}

/** Counts as rates per minute, one point a step, for `from < t <= to`. */
export function traffic(options: {
  from: number
  to: number
  stepSeconds: number
  random: () => number
  rate: (t: number) => number
}): Sample[] {
  const step = options.stepSeconds * 1000
  const points: Sample[] = []
  for (let t = options.from + step; t <= options.to; t += step) {
    points.push([
      t,
      (poisson(options.rate(t - step / 2) * options.stepSeconds, options.random) * 60) / options.stepSeconds,
    ])
  }
  return points
}
