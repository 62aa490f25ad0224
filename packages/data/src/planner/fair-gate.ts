/**
 * Lets a few questions at a time through to one source. Whoever waits is served in turns by run: a run that asks a hundred questions
 * delays another run's one question by one turn, not by a hundred.
 */
export interface GateLimits {
  /** Questions at one source at a time. */
  concurrency: number
  waiting: number
  waitMilliseconds: number
}

export const gateLimits: GateLimits = { concurrency: 4, waiting: 10_000, waitMilliseconds: 60_000 }

/** No place was free in time, or too many wait already. */
export class GateBusy extends Error {}

export interface Gate {
  /** Resolves to what gives the place back. @throws GateBusy; the signal's reason when it aborts while waiting */
  enter(run: string, signal: AbortSignal): Promise<() => void>
}

interface Waiting {
  enter(): void
}

export function createGate({ concurrency, waiting: most, waitMilliseconds }: GateLimits): Gate {
  let free = concurrency
  let count = 0
  // A run that was served goes to the end.
  const runs = new Map<string, Waiting[]>()

  function leave(run: string, one: Waiting): void {
    const line = runs.get(run)
    const index = line?.indexOf(one) ?? -1
    if (!line || index < 0) return
    line.splice(index, 1)
    count -= 1
    if (line.length === 0) runs.delete(run)
  }

  function release(): void {
    const [next] = runs
    if (!next) {
      free += 1
      return
    }
    const [run, line] = next
    const one = line[0]!
    leave(run, one)
    if (line.length > 0) {
      runs.delete(run)
      runs.set(run, line)
    }
    one.enter()
  }

  const once = (): (() => void) => {
    let held = true
    return () => {
      if (!held) return
      held = false
      release()
    }
  }

  return {
    async enter(run, signal) {
      signal.throwIfAborted()
      if (free > 0) {
        free -= 1
        return once()
      }
      if (count >= most) throw new GateBusy(`${count} questions wait already`)
      return new Promise((resolve, reject) => {
        const one: Waiting = {
          enter() {
            done()
            resolve(once())
          },
        }
        const fail = (reason: unknown): void => {
          done()
          leave(run, one)
          reject(reason)
        }
        const stop = (): void => fail(signal.reason)
        const timer = setTimeout(
          () => fail(new GateBusy(`no place within ${waitMilliseconds / 1000} s`)),
          waitMilliseconds,
        )
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', stop)
        }
        signal.addEventListener('abort', stop, { once: true })
        const line = runs.get(run)
        if (line) line.push(one)
        else runs.set(run, [one])
        count += 1
      })
    },
  }
}
