/** A driver that begins anew in the middle of a run: what it must set going again. */
import { commandChild, commandPlan, commandRun } from './begin-step.ts'
import type { Plan } from './plan.ts'
import { planIndex } from './plan-index.ts'
import type { RunCommand, RunState } from './run.ts'
import { Turn } from './turn.ts'

/**
 * The commands that re-establish what is open in `state`: timers with the time that is left, steps that run, events that are awaited. Questions to
 * people stand where they were put.
 *
 * @param at now, unix milliseconds.
 */
export function resumeCommands(plan: Plan, state: RunState, at: number): RunCommand[] {
  const turn = new Turn(plan, planIndex(plan), { state, at })
  for (const [timerId, firesAt] of Object.entries(state.timers))
    turn.command({ kind: 'start-timer', timerId, seconds: Math.max(0, firesAt - at) / 1000 })
  for (const [key, step] of Object.entries(state.steps)) {
    if (step.status === 'waiting' && step.on.kind === 'event')
      turn.command({ kind: 'await-event', stepId: key, event: step.on.event, expiresAt: step.on.expiresAt })
    if (step.status !== 'running') continue
    switch (turn.planStep(key).effect) {
      case 'compute':
      case 'read':
      case 'write':
        commandRun(turn, key, step)
        break
      case 'child':
        commandChild(turn, key, step)
        break
      case 'approve':
        commandPlan(turn, key, step)
        break
      case 'wait':
      case 'event':
      case 'each':
      case 'repeat':
      case 'stop':
        break
    }
  }
  return turn.result().commands
}
