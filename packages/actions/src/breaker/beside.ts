/** Work that goes on beside rounds, one piece at a time for each key: a slow source or target holds up nothing else. */
export interface Beside {
  /** Does nothing while the work of the key is going on. */
  begin(key: string, work: () => Promise<void>): void
  /** Keys of what is going on. */
  keys(): string[]
  settled(): Promise<void>
}

/** @param onError told what failed; the key is free again then. */
export function createBeside(onError: (key: string, error: unknown) => void): Beside {
  const going = new Map<string, Promise<void>>()
  return {
    begin(key, work) {
      if (going.has(key)) return
      const piece = work()
        .catch((error: unknown) => onError(key, error))
        .finally(() => going.delete(key))
      going.set(key, piece)
    },
    keys: () => [...going.keys()],
    async settled() {
      await Promise.all(going.values())
    },
  }
}

/** Waits for it, but not for longer than `milliseconds`. */
export async function waitAtMost(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))])
  } finally {
    clearTimeout(timer)
  }
}

/** What fails because its signal ended it is no failure. */
export async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
