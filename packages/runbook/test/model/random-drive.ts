/**
 * Drives the interpreter through a random run: which open command is answered next, and how. Events that nobody should send are among them: late ones,
 * repeated ones, answers of steps that were not asked.
 */
import { initialState, step } from '../../src/interpreter.ts'
import type { ActionPlan, RunCommand, RunEvent, RunState } from '../../src/run.ts'
import { calmer, type Dice } from './dice.ts'
import { type RandomRun, requester } from './random-plan.ts'

export interface Taken {
  before: RunState
  event: RunEvent
  after: RunState
  commands: RunCommand[]
}

interface DriveOptions {
  /** Called after each event; stops the drive by returning false. */
  onTaken?: (taken: Taken) => boolean
  /** Freezes states and events, so that a change in place throws. */
  frozen?: boolean
  mostEvents?: number
  /** Whether events come that nobody should send, and cancellations. */
  unruly?: boolean
}

/** Commands that something answers. */
type Open = Extract<
  RunCommand,
  { kind: 'run-step' | 'run-child' | 'plan-actions' | 'request-approval' | 'await-event' | 'start-timer' }
>

/** Until the run ends, nothing is open, `onTaken` says stop or there were too many events. Times grow by 0 to 2 seconds an event. */
export function drive(run: RandomRun, given: Dice, options: DriveOptions = {}): Taken[] {
  const dice = run.calm ? calmer(given, 4) : given
  const { onTaken = () => true, frozen = false, mostEvents = 300, unruly = true } = options
  const keep = frozen ? deepFreeze : <T>(value: T): T => value
  let state = keep(initialState(run.plan, run.context))
  let open: Open[] = []
  let at = 1_000_000
  const taken: Taken[] = []
  const send = (event: RunEvent): boolean => {
    const result = step(run.plan, state, keep(event))
    const one = { before: state, event, after: keep(result.state), commands: result.commands }
    state = one.after
    open = result.commands.reduce(updated, open)
    taken.push(one)
    return onTaken(one)
  }
  let goesOn = send({ kind: 'start', at })
  while (goesOn && state.status === 'running' && open.length > 0 && taken.length < mostEvents) {
    at += 1000 * dice.roll(3)
    const odd = unruly && dice.rarely(8) ? oddEvent(dice, { run, taken, at }) : null
    if (odd) {
      goesOn = send(odd)
      continue
    }
    const command = open[dice.roll(open.length)]!
    // Few runs live as long as they may.
    if (isRunTimeout(command) && open.length > 1 && !dice.rarely(40)) {
      open = [...open.filter((one) => one !== command), command]
      continue
    }
    // What is asked again (people, events) comes last then; the others are answered once.
    open = open.filter((one) => one !== command)
    if (command.kind === 'request-approval' || command.kind === 'await-event') open.push(command)
    goesOn = send(answer(command, { dice, at, count: taken.length }))
  }
  return taken
}

const isRunTimeout = (command: RunCommand): boolean =>
  command.kind === 'start-timer' && command.timerId === 'run-timeout'

function updated(open: Open[], command: RunCommand): Open[] {
  switch (command.kind) {
    case 'cancel-timer':
      return open.filter((one) => one.kind !== 'start-timer' || one.timerId !== command.timerId)
    case 'cancel-step':
    case 'stop-awaiting':
      return open.filter((one) => one.kind === 'start-timer' || one.stepId !== command.stepId)
    case 'run-step':
    case 'run-child':
    case 'plan-actions':
    case 'request-approval':
    case 'await-event':
    case 'start-timer':
      // Timers after work, the run's last: so a run without choices left ends by itself.
      if (isRunTimeout(command)) return [...open, command]
      return command.kind === 'start-timer'
        ? [...open.filter((one) => !isRunTimeout(one)), command, ...open.filter(isRunTimeout)]
        : [command, ...open]
    case 'revert-actions':
    case 'finish-run':
      return open
  }
}

interface Asked {
  dice: Dice
  at: number
  count: number
}

function answer(command: Open, { dice, at, count }: Asked): RunEvent {
  switch (command.kind) {
    case 'run-step':
    case 'run-child':
      return ended(command, { dice, at })
    case 'plan-actions': {
      const { stepId, attempt } = command
      if (dice.rarely(6)) return { kind: 'step-failed', at, stepId, attempt, error: randomError(dice) }
      const plans = command.actions.map((action) => actionPlan(action.stepId))
      return {
        kind: 'actions-planned',
        at,
        stepId,
        plans: dice.pick([plans, plans.toReversed(), plans, plans.slice(1)]),
      }
    }
    case 'request-approval': {
      const hashes = command.plans.map(({ hash }) => hash)
      return {
        kind: 'approval-decided',
        at,
        stepId: command.stepId,
        decision: dice.rarely(6) ? 'rejected' : 'approved',
        // With no choices left somebody new says yes each time, so that enough do.
        by: dice.isSpent() ? ['bo', 'cy', 'di'][count % 3]! : dice.pick(['bo', 'cy', requester, 'di']),
        hashes: dice.rarely(8) ? ['sha256:other'] : dice.rarely(4) ? hashes.toReversed() : hashes,
      }
    }
    case 'await-event': {
      const payload = dice.rarely(8) ? {} : { n: dice.isSpent() ? 3 : dice.roll(6) }
      return {
        kind: 'event-received',
        at,
        stepId: command.stepId,
        event: { name: command.event, id: `e${count}`, payload },
      }
    }
    case 'start-timer':
      return { kind: 'timer-fired', at, timerId: command.timerId }
  }
}

function ended({ stepId, attempt }: { stepId: string; attempt: number }, { dice, at }: Omit<Asked, 'count'>): RunEvent {
  if (dice.rarely(4)) return { kind: 'step-failed', at, stepId, attempt, error: randomError(dice) }
  const outcome = dice.rarely(20) ? 'unheard-of' : dice.pick(['a', 'b', 'a'])
  const output = dice.rarely(6) ? {} : { n: dice.roll(9) }
  return { kind: 'step-completed', at, stepId, attempt, result: { outcome, output, summary: '' } }
}

function randomError(dice: Dice): { code: string; message: string; retryable: boolean } {
  const code = dice.pick(['y', 'x'])
  return { code, message: code, retryable: !dice.rarely(3) }
}

/** What nobody should send, or what comes unasked; null when there is nothing to twist. */
function oddEvent(
  dice: Dice,
  { run, taken, at }: { run: RandomRun; taken: readonly Taken[]; at: number },
): RunEvent | null {
  const [first] = taken
  const earlier = taken[dice.roll(taken.length)] ?? first!
  const keys = Object.keys(taken.at(-1)!.after.steps)
  const stepId = dice.rarely(8) ? 'nobody#7' : keys[dice.roll(keys.length)]!
  switch (dice.roll(9)) {
    case 1:
      return { kind: 'joined', at, trigger: { kind: 'api', by: 'bo' } }
    case 2:
      return ended({ stepId, attempt: 1 + dice.roll(3) }, { dice, at })
    case 3:
      return { kind: 'timer-fired', at, timerId: `${dice.pick(['retry', 'approval', 'wait', 'event'])}:${stepId}:1` }
    case 4:
      return {
        kind: 'actions-planned',
        at,
        stepId,
        plans: run.plan.steps.flatMap(({ guards }) => guards).map(actionPlan),
      }
    case 5:
      return {
        kind: 'event-received',
        at,
        stepId,
        event: { name: dice.pick(['deployed', 'else']), id: 'e', payload: { n: 5 } },
      }
    case 6:
      return { kind: 'approval-decided', at, stepId, decision: 'approved', by: 'bo', hashes: [] }
    case 7:
      return {
        kind: 'timer-fired',
        at,
        timerId: dice.pick([`join:${stepId}`, `loop:${stepId}`, `start-by:${stepId}`, `round:${stepId}:1`]),
      }
    case 8:
      return dice.rarely(3) ? { kind: 'cancel', at, by: 'bo', reason: 'enough' } : null
    default:
      return { ...earlier.event, at }
  }
}

/** A plan whose hash names its step, so that a hash that reaches the wrong step shows. */
export function actionPlan(stepId: string): ActionPlan {
  const hash = `sha256:${stepId}`
  return { stepId, hash, title: stepId, target: stepId, diff: [], facts: [], guards: [], intent: {}, leaseSeconds: 60 }
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}
