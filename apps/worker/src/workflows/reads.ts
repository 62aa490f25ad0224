/** How a `read` is called: at first where the workflow runs, which costs no way to the server; what does not end soon is called as an activity with heartbeats. */
import { CancellationScope } from '@temporalio/workflow'
import type { RunEvent } from '@tenon/runbook'
import type { NodeCall, SoonAnswer } from '../engine-activities.ts'
import { readSoon, remoteRead } from './activity-options.ts'
import type { Arrivals } from './arrivals.ts'

/**
 * A local activity holds the workflow task: until it ends, no message and no timer gets through. A cancel must get through within 2 s, so reads that follow one
 * another without a pause hold it no longer than this; together with the last of them, which may take `soonMs`.
 */
const longestHoldMs = 800

export interface Reads {
  /** Reads, and tells how it ended. Rejects as an activity does when it failed outside of the node. */
  read(call: NodeCall): Promise<RunEvent>
  /** Whether none is under way here, one whose step was cancelled included. */
  atRest(): boolean
}

/**
 * @param now time of the event that is being handled, unix milliseconds. What the workflow's own clock says between two local activities differs when they are
 * replayed; so times here, and what is decided by them, hang only on what the activities told.
 */
export function createReads({ inOrder }: Arrivals, now: () => number): Reads {
  /** Node types that took too long before: they would be asked twice each time. */
  const slow = new Set<string>()
  let under = 0
  let heldSince = 0
  let heldUntil = 0

  async function soon(call: NodeCall, begunAt: number): Promise<SoonAnswer | null> {
    if (under === 0 && begunAt > heldUntil) heldSince = begunAt
    if (begunAt - heldSince > longestHoldMs) return null
    under += 1
    try {
      // It ends soon by itself; a cancel in its midst is one more order of things that a replay would have to hit.
      const answer = await CancellationScope.nonCancellable(() => inOrder(readSoon(call)))
      heldUntil = Math.max(heldUntil, begunAt + answer.tookMs)
      return answer
    } catch {
      // It was lost with its worker, or stalled: from afar it is repeated.
      return null
    } finally {
      under -= 1
    }
  }

  return {
    atRest: () => under === 0,
    async read(call) {
      const { stepId, attempt, type, timeoutSeconds } = call
      if (!slow.has(type)) {
        const begunAt = now()
        const answer = await soon(call, begunAt)
        const at = begunAt + (answer?.tookMs ?? 0)
        if (answer?.kind === 'done') return { kind: 'step-completed', at, stepId, attempt, result: answer.result }
        if (answer?.kind === 'failed') return { kind: 'step-failed', at, stepId, attempt, error: answer.error }
        if (answer?.kind === 'later') slow.add(type)
      }
      const result = await remoteRead(timeoutSeconds)(call)
      return { kind: 'step-completed', at: Date.now(), stepId, attempt, result }
    },
  }
}
