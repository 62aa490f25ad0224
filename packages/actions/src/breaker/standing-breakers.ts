/**
 * Breakers without an action: their bounds are judged again and again, and what was agreed on is done once one is broken. Storage is all that
 * is remembered, so any worker can go on where another stopped.
 */
import { createBeside, untilAborted, waitAtMost } from './beside.ts'
import type { Breaker, BreakerStore } from './breaker.ts'
import type { Breakers } from './breakers.ts'
import { judgeBounds } from './judge-bounds.ts'
import { readOnce, type ReadNewest } from './read-once.ts'

export interface StandingBreakerDeps {
  store: BreakerStore
  read: ReadNewest
  /**
   * Does what was agreed on, and may be asked again after it was done.
   * @returns what was done. @throws when it is not done yet: it is tried again.
   */
  carryOut(breaker: Breaker): Promise<string>
  /** Tells people, once for each breaker and outcome. */
  notify(breaker: Breaker, outcome: TripOutcome): Promise<void>
  onError(what: string, error: unknown): void
}

export type TripOutcome =
  | { kind: 'carried-out'; result: string }
  /** It is tried again, or was given up. */
  | { kind: 'failed'; why: string; again: boolean }

const longestRoundMilliseconds = 200
const longestPauseMilliseconds = 30_000
/** What is not done by then is told to people; before it, it may only be on its way. */
const quietMilliseconds = 10_000
/** What cannot be done for so long is a person's. */
const giveUpMilliseconds = 3_600_000

export function createStandingBreakers(deps: StandingBreakerDeps): Breakers {
  const { store, onError } = deps
  const acting = createBeside((id, error) => onError(`breaker ${id}, which tripped`, error))
  const judging = createBeside((id, error) => onError(`the measures of breaker ${id}`, error))
  const retries = createRetries()

  const act = (breaker: Breaker): void => {
    if (!retries.isDue(breaker.id)) return
    acting.begin(breaker.id, async () => {
      try {
        const result = await deps.carryOut(breaker)
        await deps.notify(breaker, { kind: 'carried-out', result })
        await store.settle(breaker.id, result)
        retries.forget(breaker.id)
      } catch (error) {
        retries.later(breaker.id)
        await failed(breaker, error)
      }
    })
  }

  const failed = async (breaker: Breaker, error: unknown): Promise<void> => {
    const why = error instanceof Error ? error.message : String(error)
    const since = (await store.now()) - (breaker.trippedAt ?? 0)
    if (since < quietMilliseconds) return
    const again = since < giveUpMilliseconds
    await deps.notify(breaker, { kind: 'failed', why, again })
    if (!again) await store.settle(breaker.id, `Given up: ${why}`)
  }

  const judge = async (breaker: Breaker, newest: ReadNewest): Promise<void> => {
    const { bounds, graceSeconds } = breaker
    const read = await Promise.all(bounds.flatMap((bound) => (bound.source === 'model' ? [newest(bound)] : [])))
    const samples = [...breaker.pushed, ...read.filter((sample) => sample !== null)]
    const times = { now: await store.now(), since: breaker.startedAt, graceSeconds }
    const verdict = judgeBounds(bounds, samples, times)
    if (verdict.kind === 'well') return
    const tripped = await store.trip(breaker.id, { detail: verdict.detail, by: 'system' })
    if (tripped) act(tripped)
  }

  return {
    async round(signal) {
      const newest = readOnce(deps.read, signal)
      for (const breaker of await store.open())
        if (breaker.state === 'tripped') act(breaker)
        else judging.begin(breaker.id, () => untilAborted(judge(breaker, newest), signal))
      // A source that is slow must not hold up what others pushed.
      await waitAtMost(judging.settled(), longestRoundMilliseconds)
      return acting.keys()
    },
    async settled() {
      await judging.settled()
      await acting.settled()
    },
  }
}

/** When what failed is tried again: each wait is twice the one before. Of this process; another one begins at once. */
function createRetries() {
  const waits = new Map<string, { from: number; milliseconds: number }>()
  return {
    isDue(id: string): boolean {
      const wait = waits.get(id)
      return wait === undefined || performance.now() - wait.from >= wait.milliseconds
    },
    later(id: string): void {
      const milliseconds = Math.min((waits.get(id)?.milliseconds ?? 500) * 2, longestPauseMilliseconds)
      waits.set(id, { from: performance.now(), milliseconds })
    },
    forget: (id: string) => void waits.delete(id),
  }
}
