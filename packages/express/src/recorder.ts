import { ExpressError } from './express-error.ts'

export interface Recorder<T> {
  /** Resolves when it is durable. @throws ExpressError `express-not-recorded`. */
  record(one: T): Promise<void>
}

interface Waiting<T> {
  one: T
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Writes records in batches: one write at a time, and what comes meanwhile goes out together with the next. So a single record waits for nothing, and
 * under load each write carries many.
 *
 * @param write must be idempotent: after a batch that failed, its records are written one by one, so that one that cannot be written spoils no other.
 */
export function createRecorder<T>(write: (batch: readonly T[]) => Promise<void>, mostABatch = 200): Recorder<T> {
  let queue: Waiting<T>[] = []
  let writing = false

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, mostABatch)
      queue = queue.slice(mostABatch)
      await writeBatch(batch)
    }
    writing = false
  }

  async function writeBatch(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await write(batch.map(({ one }) => one))
      for (const { resolve } of batch) resolve()
    } catch (cause) {
      if (batch.length > 1) {
        for (const one of batch) await writeBatch([one])
      } else batch[0]?.reject(notRecorded(cause))
    }
  }

  return {
    record: (one) =>
      new Promise((resolve, reject) => {
        queue.push({ one, resolve, reject })
        if (writing) return
        writing = true
        // Not at once: runs that end in the same turn of the event loop go out together.
        setImmediate(() => void drain())
      }),
  }
}

function notRecorded(cause: unknown): ExpressError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ExpressError('express-not-recorded', `The run ended, and its record could not be written: ${why}`, {
    fix: 'Send it again. If this repeats, look at the database.',
    retryable: true,
    cause,
  })
}
