import type { HarmBound } from '../request.ts'
import type { HarmSample } from './judge-bounds.ts'

/** What is read of a measure. */
export type WatchedMeasure = Pick<HarmBound, 'measure' | 'where'>

/** The newest value of a measure; null when it could not be read or there is none. Never throws but for its signal. */
export type ReadNewest = (watched: WatchedMeasure, signal?: AbortSignal) => Promise<HarmSample | null>

/** Reads that are under way at the same time. */
const mostReads = 8

/** Each measure is read once, however many bounds are on it, and not too many at a time. Made anew for each round. */
export function readOnce(read: ReadNewest, signal: AbortSignal): ReadNewest {
  const asked = new Map<string, Promise<HarmSample | null>>()
  const waiting: (() => void)[] = []
  let free = mostReads
  const limited = async (watched: WatchedMeasure): Promise<HarmSample | null> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await read(watched, signal)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
  return ({ measure, where }) => {
    const key = JSON.stringify([measure, Object.entries(where).toSorted(([a], [b]) => a.localeCompare(b))])
    const known = asked.get(key)
    if (known) return known.then((sample) => sample && { ...sample, where })
    const answer = limited({ measure, where })
    asked.set(key, answer)
    return answer
  }
}
