import {
  computeStep,
  endedSteps,
  initialState,
  planStepOf,
  step,
  type CommandOf,
  type FindCompute,
  type RunCommand,
  type RunEvent,
  type RunInput,
  type RunState,
} from '@tenon/runbook'
import { stepErrorFrom } from '@tenon/activities'
import { runRead, type NodeRegistry, type ReadContext } from './run-read.ts'
import { createTimers } from './timers.ts'

/** One run under way. */
export interface RunDriver {
  /** Begins it; resolves when it has ended, however it ended. Called once. */
  run(): Promise<RunState>
  cancel(why: { by: string; reason: string }): void
}

/** How long one run may hold the process before others get their turn, milliseconds. */
const sliceMs = 8

/** Drives the interpreter: compute steps at once, reads side by side, timers of this process. */
export function createRunDriver(
  { plan, context }: RunInput,
  { nodes, contextFor }: { nodes: NodeRegistry; contextFor: ReadContext },
): RunDriver {
  const timers = createTimers((timerId) => dispatch({ kind: 'timer-fired', at: Date.now(), timerId }))
  const reads = new Map<string, AbortController>()
  const events: RunEvent[] = []
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<RunState>()
  let state = initialState(plan, context)
  let draining = false

  const compute: FindCompute = (type, version) => {
    const node = nodes.find(type, version)
    return node?.effect === 'compute' ? node : undefined
  }

  /** Takes one event at a time: a command may answer at once (compute steps do), and its answer must wait for the command's turn. */
  function dispatch(event: RunEvent): void {
    events.push(event)
    if (draining) return
    draining = true
    drain()
  }

  function drain(): void {
    const until = performance.now() + sliceMs
    try {
      for (let event = events.shift(); event; event = events.shift()) {
        const next = step(plan, state, event)
        state = next.state
        for (const command of next.commands) carryOut(command)
        if (events.length > 0 && performance.now() > until) {
          setImmediate(drain)
          return
        }
      }
      draining = false
    } catch (error) {
      // A fault of the interpreter: the run must not hang, and its caller is told.
      timers.clear()
      for (const read of reads.values()) read.abort()
      fail(error)
    }
  }

  function carryOut(command: RunCommand): void {
    switch (command.kind) {
      case 'run-step':
        return runStep(command)
      case 'start-timer':
        return timers.start(command.timerId, command.seconds)
      case 'cancel-timer':
        return timers.cancel(command.timerId)
      case 'cancel-step':
        reads.get(command.stepId)?.abort(new DOMException('The step was cancelled.', 'AbortError'))
        reads.delete(command.stepId)
        return
      case 'finish-run':
        timers.clear()
        end(state)
        return
      case 'run-child':
      case 'plan-actions':
      case 'request-approval':
      case 'await-event':
      case 'stop-awaiting':
      case 'revert-actions':
        // Of steps that an express plan does not have; `run` refuses the others.
        throw new Error(`An express run was told to ${command.kind}.`)
    }
  }

  function runStep(command: CommandOf<'run-step'>): void {
    const { stepId, attempt, input, asOf } = command
    const declared = planStepOf(plan, stepId)
    if (declared.effect !== 'compute') {
      void read(command)
      return
    }
    const before = state
    const seen = {
      runId: context.runId,
      stepId,
      asOf,
      // Gathered when asked for: few steps look at the others, and in a loop there may be thousands.
      get steps() {
        return endedSteps(plan, before)
      },
    }
    const made = computeStep(declared, compute, { context: seen, input })
    const common = { at: Date.now(), stepId, attempt }
    dispatch(
      made.ok
        ? { kind: 'step-completed', ...common, result: made.result }
        : { kind: 'step-failed', ...common, error: made.error },
    )
  }

  async function read(command: CommandOf<'run-step'>): Promise<void> {
    const { stepId, attempt } = command
    const controller = new AbortController()
    reads.set(stepId, controller)
    const event = await runRead(command, {
      step: planStepOf(plan, stepId),
      runId: context.runId,
      nodes,
      contextFor,
      signal: controller.signal,
    }).then(
      (result): RunEvent => ({ kind: 'step-completed', at: Date.now(), stepId, attempt, result }),
      (thrown: unknown): RunEvent => ({
        kind: 'step-failed',
        at: Date.now(),
        stepId,
        attempt,
        error: stepErrorFrom(thrown, 'server'),
      }),
    )
    // Nothing is expected of a step that was cancelled.
    if (reads.get(stepId) !== controller) return
    reads.delete(stepId)
    dispatch(event)
  }

  return {
    run() {
      dispatch({ kind: 'start', at: Date.now() })
      return ended
    },
    cancel(why) {
      dispatch({ kind: 'cancel', at: Date.now(), ...why })
    },
  }
}
