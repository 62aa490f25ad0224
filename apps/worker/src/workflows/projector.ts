/**
 * Keeps PostgreSQL behind the run by less than a second: one write at a time, and what changes meanwhile goes out together with the next. So a
 * burst of changes costs one write, and a write can never overtake an older one.
 */
import { CancellationScope, condition } from '@temporalio/workflow'
import type { ApprovalEnd, Plan, RunProjection, RunState, StepState } from '@tenon/runbook'
import type { EngineActivities } from '../engine-activities.ts'

export interface Projector {
  /** Notes a new state; writes it as soon as the write before it has ended. */
  changed(state: RunState, ended?: ApprovalEnd[]): void
  /** Resolves when everything noted so far is written. */
  settled(): Promise<void>
}

export function createProjector(plan: Plan, project: EngineActivities['project']): Projector {
  const sent = new Map<string, StepState>()
  let latest: RunState | null = null
  let approvals: ApprovalEnd[] = []
  let revision = 0
  let writing = false

  function next(state: RunState): RunProjection {
    const steps = []
    for (const step of plan.steps) {
      const now = state.steps[step.id]
      // The interpreter shares what did not change, so identity tells.
      if (!now || sent.get(step.id) === now) continue
      sent.set(step.id, now)
      steps.push({ stepId: step.id, type: step.type, title: step.title, state: now })
    }
    const ended = approvals
    approvals = []
    revision += 1
    const { status, startedAt, endedAt, error } = state
    return { runId: state.context.runId, revision, status, startedAt, endedAt, error, steps, approvals: ended }
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
  }

  return {
    changed(state, ended = []) {
      latest = state
      approvals.push(...ended)
      if (writing) return
      writing = true
      void write()
    },
    settled: () => condition(() => !writing),
  }
}
