/** Identical queries are sent once and shared for a few seconds; no more than a few run at a source at a time. */
import type { PrometheusAddress, RangeAnswer, RangeQuery } from './prometheus.ts'

export interface RangeFetcher {
  /** The answer of an identical query a moment ago, or a new one. Failures are not kept. */
  fetch(address: PrometheusAddress, query: RangeQuery): Promise<RangeAnswer>
}

export interface FetchOnceOptions {
  /** How long an answer is shared. Short: samples of the newest seconds may still arrive. */
  milliseconds?: number
  /** Oldest answers are forgotten beyond this. */
  entries?: number
  /** Queries at one source at a time. */
  concurrency?: number
}

export function fetchOnce(
  send: (address: PrometheusAddress, query: RangeQuery) => Promise<RangeAnswer>,
  { milliseconds = 5_000, entries = 64, concurrency = 4 }: FetchOnceOptions = {},
): RangeFetcher {
  const answers = new Map<string, { at: number; answer: Promise<RangeAnswer> }>()
  const gates = new Map<string, Gate>()

  return {
    fetch(address, query) {
      const key = JSON.stringify([address.url, address.secret, query])
      const now = performance.now()
      for (const [known, { at }] of answers) if (now - at > milliseconds) answers.delete(known)
      const shared = answers.get(key)
      if (shared) return shared.answer
      let gate = gates.get(address.url)
      if (!gate) gates.set(address.url, (gate = createGate(concurrency)))
      const answer = gate(() => send(address, query))
      const entry = { at: now, answer }
      answers.set(key, entry)
      const forget = () => {
        if (answers.get(key) === entry) answers.delete(key)
      }
      // Answers are large; they must not stay until somebody asks again.
      setTimeout(forget, Math.max(0, milliseconds)).unref()
      for (const known of answers.keys()) {
        if (answers.size <= entries) break
        answers.delete(known)
      }
      answer.catch(forget)
      return answer
    },
  }
}

type Gate = <T>(work: () => Promise<T>) => Promise<T>

function createGate(places: number): Gate {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The place goes straight to the next in line, if there is one.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
