/** Watches the measures that an action must not harm, from the data services: each second, for as long as it is told. */
import {
  judgeBounds,
  unseenBounds,
  type ActionDeps,
  type Clock,
  type HarmBound,
  type HarmSample,
  type ReadNewest,
} from '@tenon/actions'
import type { DataService } from '@tenon/data'

export interface HarmReading {
  /** Of the newest model. */
  data(): Promise<DataService>
  /** How far back the newest value may be. */
  graceSeconds: number
  clock: Pick<Clock, 'now'>
  onError?(what: string, error: unknown): void
}

/** Of a rate's window too, where the scrape allows it: a breach must not be averaged away for longer than it has to. */
const longestStepSeconds = 5
const points = 60
/** A source that answers later has no newest value. */
const readMilliseconds = 3_000
const roundMilliseconds = 1_000

export function createReadNewest({ data, graceSeconds, clock, onError }: HarmReading): ReadNewest {
  const stepSeconds = Math.min(longestStepSeconds, Math.ceil(graceSeconds / points))
  return async ({ measure, where }, signal) => {
    const asOf = clock.now()
    const steps = Math.ceil(graceSeconds / stepSeconds)
    const limit = AbortSignal.timeout(readMilliseconds)
    try {
      const query = { measure, where, from: asOf - steps * stepSeconds * 1000, to: asOf, stepSeconds, asOf }
      const result = await (await data()).data(query, { signal: signal ? AbortSignal.any([signal, limit]) : limit })
      const newest = result.series[0]?.points.findLast(([, value]) => value !== null)
      const { freshnessSeconds, resolutionSeconds } = result.quality
      if (!newest || freshnessSeconds === null) return null
      // A source may carry an old sample forward: the value is as old as its newest raw sample.
      const at = Math.min(newest[0], asOf - freshnessSeconds * 1000)
      // A rate is over a step or over some samples, whichever is longer (packages/data `rate-window.ts`).
      const windowSeconds = Math.max(stepSeconds, 3 * (resolutionSeconds ?? stepSeconds))
      return { measure, where, at, from: at - windowSeconds * 1000, value: newest[1] }
    } catch (error) {
      signal?.throwIfAborted()
      // A source that does not answer gives no data, which is judged as such.
      onError?.(`the measure ${measure}`, error)
      return null
    }
  }
}

/**
 * `ActionDeps.watchHarm`: the verdict at once on harm, and at the end only then `well` when each measure had a value that is all of this time.
 * So a time that is shorter than the window of a rate and its scrape (15 to 60 s) ends as `no-data`.
 */
export function createWatchHarm(
  read: ReadNewest,
  { clock, graceSeconds }: { clock: Clock; graceSeconds: number },
): NonNullable<ActionDeps['watchHarm']> {
  return async (bounds, seconds, signal) => {
    const since = clock.now()
    for (;;) {
      const samples = await readAll(bounds, read, signal)
      const times = { now: clock.now(), since, graceSeconds }
      const verdict = judgeBounds(bounds, samples, times)
      if (verdict.kind !== 'well') return verdict
      if (times.now - since >= seconds * 1000) {
        const unseen = unseenBounds(bounds, samples, times)
        if (unseen.length === 0) return verdict
        return { kind: 'no-data', detail: `${unseen.join(', ')}: no value of the ${seconds} s that were watched` }
      }
      await clock.sleep(roundMilliseconds, signal)
    }
  }
}

async function readAll(
  bounds: readonly HarmBound[],
  read: ReadNewest,
  signal: AbortSignal | undefined,
): Promise<HarmSample[]> {
  const samples = await Promise.all(bounds.map((bound) => read(bound, signal)))
  return samples.filter((sample) => sample !== null)
}
