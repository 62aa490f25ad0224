/** The end of a run. */
import { cancelRounds, endCancelled, type Model } from './model-state.ts'

/** Ends the run at once: what has not ended is cancelled, and no timer is left. */
export function endRun(
  model: Model,
  status: 'succeeded' | 'failed' | 'cancelled' | 'timed-out',
  error: Model['error'],
): void {
  for (const one of model.steps) endCancelled(model, one)
  for (const loop of model.steps) cancelRounds(model, loop)
  model.timers.clear()
  model.status = status
  model.error = error
  const wrote = model.steps.some(
    ({ step, attempt, status: state, borrowed }) =>
      step.effect === 'write' && attempt > 0 && !borrowed && state !== 'skipped' && state !== 'pending',
  )
  model.reverted = status !== 'succeeded' && model.plan.onFailure === 'revert' && wrote
}
