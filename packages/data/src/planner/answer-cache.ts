/** Answers that are kept for a while: at most so many, and at most so many bytes of them. */
import { roughBytes } from './rough-bytes.ts'

export interface CacheLimits {
  entries: number
  bytes: number
  /** How long an answer is shared whose newest time may still change. Short: samples of the newest seconds may still arrive. */
  newestMilliseconds: number
  /** How long one is kept that tells only of what is long past. */
  closedMilliseconds: number
  /** From this age on a time is past: what comes later than that is not waited for. */
  closedAfterMilliseconds: number
}

export const cacheLimits: CacheLimits = {
  entries: 2_048,
  bytes: 96 * 1024 * 1024,
  newestMilliseconds: 5_000,
  closedMilliseconds: 600_000,
  closedAfterMilliseconds: 600_000,
}

export interface AnswerCache {
  get(key: string): { answer: unknown } | null
  /** `until` is the newest time that it tells of, unix ms; null when that is not known. */
  put(key: string, answer: unknown, until: number | null): void
  held(): { entries: number; bytes: number }
}

interface Entry {
  answer: unknown
  bytes: number
  /** Of the process's clock. */
  endsAt: number
}

export function createAnswerCache(limits: CacheLimits, clock: { now(): number; date(): number }): AnswerCache {
  // In the order of their last use.
  const kept = new Map<string, Entry>()
  let bytes = 0
  const forget = (key: string): void => {
    const entry = kept.get(key)
    if (!entry) return
    kept.delete(key)
    bytes -= entry.bytes
  }
  return {
    get(key) {
      const entry = kept.get(key)
      if (!entry) return null
      kept.delete(key)
      if (clock.now() > entry.endsAt) {
        bytes -= entry.bytes
        return null
      }
      kept.set(key, entry)
      return { answer: entry.answer }
    },
    put(key, answer, until) {
      forget(key)
      const size = key.length * 2 + roughBytes(answer)
      // One that fills most of the room would push all others out.
      if (size > limits.bytes / 4) return
      const isClosed = until !== null && clock.date() - until > limits.closedAfterMilliseconds
      const milliseconds = isClosed ? limits.closedMilliseconds : limits.newestMilliseconds
      const entry = { answer, bytes: size, endsAt: clock.now() + milliseconds }
      kept.set(key, entry)
      bytes += size
      for (const known of kept.keys()) {
        if (kept.size <= limits.entries && bytes <= limits.bytes) break
        forget(known)
      }
      // Answers are large; they must not stay until somebody asks again.
      setTimeout(
        () => {
          if (kept.get(key) === entry) forget(key)
        },
        Math.max(0, milliseconds),
      ).unref()
    },
    held: () => ({ entries: kept.size, bytes }),
  }
}
