/** What follows from ended steps: which steps begin, which are skipped, and whether the run is over. */
import { beginStep } from './begin-step.ts'
import type { PlanEdge } from './plan.ts'
import type { RunState, RunStatus, StepError, StepState } from './run.ts'
import { type Turn, approvalTimer, isFinal, retryTimer } from './turn.ts'

export const runTimeoutTimer = 'run-timeout'

/** Looks at the given pending steps and at everything that follows from them. */
export function settle(turn: Turn, stepIds: readonly string[]): void {
  const queue = [...stepIds]
  for (let next = 0; next < queue.length; next += 1) {
    const id = queue[next]!
    if (turn.stepState(id)?.status !== 'pending') continue
    const readiness = readinessOf(turn, id)
    if (readiness.kind === 'wait') continue
    if (readiness.kind === 'skip') turn.set(id, { status: 'skipped', endedAt: turn.at, reason: readiness.reason })
    else beginStep(turn, id)
    if (isFinal(turn.stepState(id)!)) queue.push(...successors(turn, id))
  }
  finishWhenDone(turn)
}

export function successors(turn: Turn, id: string): string[] {
  return turn.index.outgoing(id).map((edge) => edge.to)
}

type Readiness = { kind: 'run' } | { kind: 'skip'; reason: string } | { kind: 'wait' }

function readinessOf(turn: Turn, id: string): Readiness {
  const incoming = turn.index.incoming(id)
  if (incoming.length === 0) return { kind: 'run' }
  let taken = 0
  let open = 0
  for (const edge of incoming) {
    const state = edgeState(edge, turn.stepState(edge.from)!)
    if (state === 'taken') taken += 1
    else if (state === 'open') open += 1
  }
  if (taken > 0 && (open === 0 || turn.index.step(id).join === 'any')) return { kind: 'run' }
  if (open > 0) return { kind: 'wait' }
  return { kind: 'skip', reason: skipReason(turn, incoming[0]!) }
}

/** `open` while its source can still change; then it is taken or dead, for good. */
export function edgeState(edge: PlanEdge, source: StepState): 'open' | 'taken' | 'dead' {
  switch (source.status) {
    case 'done':
      return edge.on === 'always' || edge.on === source.result.outcome ? 'taken' : 'dead'
    case 'failed':
      return edge.on === 'error' ? 'taken' : 'dead'
    case 'skipped':
    case 'cancelled':
      return 'dead'
    case 'pending':
    case 'running':
    case 'backing-off':
    case 'waiting':
      return 'open'
  }
}

function skipReason(turn: Turn, edge: PlanEdge): string {
  const source = turn.stepState(edge.from)!
  const { title } = turn.index.step(edge.from)
  if (source.status === 'done') return `"${title}" ended as ${source.result.outcome}; this path is for ${edge.on}.`
  if (source.status === 'failed') return `"${title}" failed.`
  return `"${title}" did not run.`
}

function finishWhenDone(turn: Turn): void {
  const states = Object.values(turn.state.steps)
  if (states.every(isFinal)) {
    const failure = unhandledFailure(turn)
    return finishRun(turn, failure ? 'failed' : 'succeeded', failure)
  }
  if (states.some((state) => !isFinal(state) && state.status !== 'pending')) return
  // The compiler refuses cycles, so only a damaged plan gets here; a run that nothing can move must not look alive.
  finishRun(turn, 'failed', {
    code: 'plan-stuck',
    message: 'The remaining steps wait for each other.',
    fix: 'Publish the runbook again.',
    retryable: false,
  })
}

/** The first failure that no `error` edge takes up. */
function unhandledFailure(turn: Turn): StepError | null {
  let first: { endedAt: number; error: StepError } | null = null
  for (const { id, title } of turn.plan.steps) {
    const state = turn.stepState(id)!
    if (state.status !== 'failed' || turn.index.outgoing(id).some((edge) => edge.on === 'error')) continue
    const error = { ...state.error, message: `"${title}" failed: ${state.error.message}` }
    if (first === null || state.endedAt < first.endedAt) first = { endedAt: state.endedAt, error }
  }
  return first?.error ?? null
}

/** Ends the run: stops what goes on, reverts when the runbook says so, and gives `finish-run`. */
export function finishRun(turn: Turn, status: Exclude<RunStatus, 'running'>, error: StepError | null): void {
  const revert = status !== 'succeeded' && turn.plan.onFailure === 'revert' && anyWriteBegan(turn)
  for (const [id, state] of Object.entries(turn.state.steps)) stop(turn, id, state)
  turn.change({ status, endedAt: turn.at, error })
  turn.command({ kind: 'cancel-timer', timerId: runTimeoutTimer })
  if (revert) turn.command({ kind: 'revert-actions', reason: `Run ${describe(status)}` })
  turn.command({ kind: 'finish-run', status })
}

function stop(turn: Turn, id: string, state: StepState): void {
  switch (state.status) {
    case 'running':
      turn.command({ kind: 'cancel-step', stepId: id })
      break
    case 'backing-off':
      turn.command({ kind: 'cancel-timer', timerId: retryTimer(id, state.attempt) })
      break
    case 'waiting':
      turn.command({ kind: 'cancel-timer', timerId: approvalTimer(id, state.attempt) })
      break
    case 'pending':
      break
    case 'done':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return
  }
  turn.set(id, { status: 'cancelled', endedAt: turn.at })
}

/** A failed or interrupted write may have reached the outside, so it counts. */
function anyWriteBegan(turn: Turn): boolean {
  return turn.plan.steps.some(({ id, effect }) => effect === 'write' && 'attempt' in turn.stepState(id)!)
}

function describe(status: Exclude<RunState['status'], 'running'>): string {
  switch (status) {
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return 'failed'
    case 'cancelled':
      return 'was cancelled'
    case 'timed-out':
      return 'took too long'
  }
}
