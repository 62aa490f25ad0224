/** Identical questions are sent once and shared for a few seconds; no more than a few run at a source at a time. */
import type { SharedFetch } from './source.ts'

export interface FetchOnceOptions {
  /** How long an answer is shared. Short: samples of the newest seconds may still arrive. */
  milliseconds?: number
  /** Oldest answers are forgotten beyond this. */
  entries?: number
  /** Questions at one source at a time. */
  concurrency?: number
}

/** One for a process; given a source's key, what that source sends its questions through. */
export function fetchOnce({ milliseconds = 5_000, entries = 64, concurrency = 4 }: FetchOnceOptions = {}): (
  source: string,
) => SharedFetch {
  const answers = new Map<string, { at: number; answer: Promise<unknown> }>()
  const gates = new Map<string, Gate>()

  return (source) => {
    let gate = gates.get(source)
    if (!gate) gates.set(source, (gate = createGate(concurrency)))
    const run = gate
    return <T>(question: { key: string }, send: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      const key = `${source} ${question.key}`
      const now = performance.now()
      for (const [known, { at }] of answers) if (now - at > milliseconds) answers.delete(known)
      const shared = answers.get(key)
      // A key names its question, so that what is found under it is of the question's type.
      if (shared) return shared.answer as Promise<T>
      const answer = run(() => send(new AbortController().signal))
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
    }
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
