/**
 * Writes what comes one by one in batches: one write at a time, and what comes meanwhile goes out together with the next. So one alone waits for nothing,
 * and under load each write carries many.
 *
 * @param write resolves when the batch is durable; when it fails, each of the batch is told.
 * @returns a function that resolves when what it was given is durable.
 */
export function batched<T>(
  write: (batch: readonly T[]) => Promise<unknown>,
  mostABatch = 200,
): (one: T) => Promise<void> {
  interface Waiting {
    one: T
    resolve: () => void
    reject: (error: unknown) => void
  }
  let queue: Waiting[] = []
  let writing = false

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, mostABatch)
      queue = queue.slice(mostABatch)
      try {
        await write(batch.map(({ one }) => one))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    writing = false
  }

  return (one) =>
    new Promise((resolve, reject) => {
      queue.push({ one, resolve, reject })
      if (writing) return
      writing = true
      void drain()
    })
}
