/**
 * Keeps PostgreSQL behind the run by less than a second: one write at a time, and what changes meanwhile goes out together with the next. So a
 * burst of changes costs one write, a run that never waits costs one in all, and a write can never overtake an older one.
 *
 * Nothing here hangs on a clock that a replay would read differently: see arrivals.ts.
 */
import { CancellationScope } from '@temporalio/workflow'
import {
  planStepOf,
  type ApprovalEnd,
  type Plan,
  type RunProjection,
  type RunState,
  type StepState,
} from '@tenon/runbook'
import type { EngineActivities } from '../engine-activities.ts'

type Decisions = NonNullable<RunProjection['decisions']>

export interface Projector {
  /** Notes a new state; `flush` writes it. */
  changed(state: RunState, approvals?: { ended: ApprovalEnd[]; decisions: Decisions }): void
  /**
   * Writes what was noted, as soon as the write before it has ended.
   * @param moment.soon whether more is sure to come within `soonMs` (reads.ts): what follows shortly on the write before then goes out with that.
   */
  flush(moment: { at: number; soon: boolean }): void
  /** Writes what was noted now, whatever comes, and resolves when it is written. */
  settled(): Promise<void>
  /** Whether everything noted so far is written. */
  isSettled(): boolean
  /** Of the newest write. */
  revision(): number
}

/** Together with a read that ends soon still less than a second. */
const togetherMs = 150

/** @param from what an earlier execution of the same run has written. */
export function createProjector(
  plan: Plan,
  project: EngineActivities['project'],
  from?: { state: RunState; revision: number },
): Projector {
  const sent = new Map<string, StepState>(from ? Object.entries(from.state.steps) : [])
  let revision = from?.revision ?? 0
  let latest: RunState | null = null
  let ended: ApprovalEnd[] = []
  let decisions: Decisions = []
  let writing = false
  let flushedAt = 0
  const waiting: (() => void)[] = []

  function next(state: RunState): RunProjection {
    const steps = []
    for (const [stepId, now] of Object.entries(state.steps)) {
      // The interpreter shares what did not change, so identity tells.
      if (sent.get(stepId) === now) continue
      sent.set(stepId, now)
      const { type, title } = planStepOf(plan, stepId)
      steps.push({ stepId, type, title, state: now })
    }
    const approvals = { approvals: ended, ...(decisions.length > 0 ? { decisions } : {}) }
    ended = []
    decisions = []
    revision += 1
    const { status, startedAt, endedAt, error } = state
    return { runId: state.context.runId, revision, status, startedAt, endedAt, error, steps, ...approvals }
  }

  async function write(): Promise<void> {
    // The last write must happen also when the workflow itself was cancelled.
    await CancellationScope.nonCancellable(async () => {
      while (latest) {
        const state: RunState = latest
        latest = null
        await project(next(state))
      }
    })
    writing = false
    tell()
  }

  function begin(): void {
    if (writing || latest === null) return
    writing = true
    void write()
  }

  /** Whoever waits goes on now, and not when the workflow's conditions are looked at: others may have arrived by then (see arrivals.ts). */
  function tell(): void {
    if (!isSettled()) return
    for (const one of waiting.splice(0)) one()
  }

  const isSettled = (): boolean => !writing && latest === null
  return {
    changed(state, approvals) {
      latest = state
      ended.push(...(approvals?.ended ?? []))
      decisions.push(...(approvals?.decisions ?? []))
    },
    flush({ at, soon }) {
      if (soon && at - flushedAt < togetherMs) return
      flushedAt = at
      begin()
    },
    settled() {
      begin()
      return isSettled() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
    },
    isSettled,
    revision: () => revision,
  }
}
