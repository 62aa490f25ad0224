/** Random plans and a driver that answers commands in any order: what the interpreter's properties are tested with. */
import fc from 'fast-check'
import { initialState, step } from '../src/interpreter.ts'
import type { Plan, PlanEdge, PlanStep } from '../src/plan.ts'
import type { ActionPlan, RunCommand, RunEvent, RunState } from '../src/run.ts'

export const requester = 'ana@example.com'

/** A graph without circles: edges lead from earlier to later steps only. */
export const randomPlan: fc.Arbitrary<Plan> = fc
  .array(
    fc.record({
      effect: fc.constantFrom('read', 'write', 'compute', 'approve'),
      join: fc.constantFrom('all', 'any'),
      attempts: fc.integer({ min: 1, max: 3 }),
      // Picks its sources among the steps before it.
      sources: fc.array(fc.record({ pick: fc.nat(1000), on: fc.constantFrom('a', 'b', 'always', 'error') }), {
        maxLength: 3,
      }),
      broken: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((drafts) => fc.constantFrom('revert' as const, 'keep' as const).map((onFailure) => planOf(drafts, onFailure)))

interface Draft {
  effect: 'read' | 'write' | 'compute' | 'approve'
  join: 'all' | 'any'
  attempts: number
  sources: { pick: number; on: string }[]
  broken: boolean
}

function planOf(drafts: readonly Draft[], onFailure: 'revert' | 'keep'): Plan {
  const edges = new Map<string, PlanEdge>()
  drafts.forEach(({ sources }, index) => {
    if (index === 0) return
    for (const { pick, on } of sources) {
      const source = pick % index
      const asks = drafts[source]?.effect === 'approve'
      const outcome = asks && on === 'a' ? 'approved' : asks && on === 'b' ? 'rejected' : on
      const edge = { from: `s${source}`, on: outcome, to: `s${index}` }
      edges.set(JSON.stringify(edge), edge)
    }
  })
  const list = [...edges.values()]
  const steps = drafts.map(({ effect, join, attempts, broken }, index): PlanStep => {
    const id = `s${index}`
    const names = effect === 'approve' ? ['approved', 'rejected', 'expired'] : ['a', 'b']
    const guarded = list.filter(({ from, on }) => from === id && on === 'approved').map(({ to }) => to)
    return {
      id,
      type: effect === 'approve' ? 'steer.approve' : `test.${effect}`,
      version: 1,
      title: id,
      effect,
      idempotent: true,
      outcomes: names.map((name) => ({ name, tone: 'neutral', meaning: name })),
      input: {
        question: { kind: 'literal', value: 'Go?' },
        allowRequester: { kind: 'literal', value: index % 2 === 0 },
        ...(broken ? { gone: { kind: 'expression', cel: 'params.nothing' } } : {}),
      },
      join,
      timeoutSeconds: 30,
      retry: { attempts, backoffSeconds: 1 },
      guards: effect === 'approve' ? guarded.filter((to) => drafts[Number(to.slice(1))]?.effect === 'write') : [],
    }
  })
  const plan = {
    runbook: { name: 'test', title: 'Test' },
    params: {},
    steps,
    edges: list,
    timeoutSeconds: 600,
    onFailure,
  }
  return { hash: 'sha256:test', ...plan }
}

export function actionPlan(stepId: string): ActionPlan {
  const hash = `sha256:${stepId}`
  return { stepId, hash, title: stepId, target: stepId, diff: [], facts: [], guards: [], intent: {}, leaseSeconds: 60 }
}

export interface Taken {
  before: RunState
  event: RunEvent
  after: RunState
  commands: RunCommand[]
}

/**
 * Drives a run to its end, or until nothing is left to answer. `choices` decide which open command is answered next, and how: every number is one
 * decision; when they are used up, the first open command is answered well.
 */
export function drive(plan: Plan, choices: readonly number[], { stop }: { stop?: boolean } = {}): Taken[] {
  const context = { runId: 'run', params: {}, trigger: { kind: 'test' as const, by: requester }, asOf: 1000 }
  let state = deepFreeze(initialState(plan, context))
  let at = 1000
  const taken: Taken[] = []
  let open: RunCommand[] = []
  let next = 0
  const choose = (count: number): number => (choices[next++] ?? 0) % count
  const send = (event: RunEvent): void => {
    const result = step(plan, state, deepFreeze(event))
    taken.push({ before: state, event, after: result.state, commands: result.commands })
    state = deepFreeze(result.state)
    for (const command of result.commands) open = answered(open, command)
  }
  send({ kind: 'start', at })
  while (state.status === 'running' && open.length > 0 && taken.length < 500) {
    at += 1000
    if (stop && choose(12) === 11) {
      send({ kind: 'cancel', at, by: 'bo', reason: 'enough' })
      break
    }
    const position = choose(open.length)
    const command = open[position]!
    const event = answer(command, { at, roll: choose(6) })
    // A run's time limit and an approval's expiry are not the only things that ever happen.
    if (event.kind !== 'approval-decided' && !(event.kind === 'timer-fired' && event.timerId === 'run-timeout'))
      open = open.filter((_, index) => index !== position)
    if (event.kind === 'timer-fired' && event.timerId === 'run-timeout' && open.length > 1 && choose(8) !== 7) continue
    // A question that nobody answered in time is no longer open.
    if (event.kind === 'timer-fired') open = open.filter((one) => !asksFor(one, event.timerId))
    send(event)
  }
  return taken
}

function answered(open: RunCommand[], command: RunCommand): RunCommand[] {
  switch (command.kind) {
    case 'cancel-timer':
      return open.filter(
        (one) => !(one.kind === 'start-timer' && one.timerId === command.timerId) && !asksFor(one, command.timerId),
      )
    case 'cancel-step':
      return open.filter((one) => !('stepId' in one) || one.stepId !== command.stepId)
    case 'finish-run':
    case 'revert-actions':
      return open
    case 'run-step':
    case 'plan-actions':
    case 'request-approval':
    case 'start-timer':
      // The time limit stands last, so that a run without choices ends by itself.
      return command.kind === 'start-timer' && command.timerId === 'run-timeout'
        ? [...open, command]
        : [command, ...open]
  }
}

const asksFor = (one: RunCommand, timerId: string): boolean =>
  one.kind === 'request-approval' && timerId.startsWith(`approval:${one.stepId}:`)

function answer(command: RunCommand, { at, roll }: { at: number; roll: number }): RunEvent {
  switch (command.kind) {
    case 'run-step': {
      const { stepId, attempt } = command
      if (roll < 4) {
        const result = { outcome: roll % 2 === 0 ? 'a' : 'b', output: {}, summary: '' }
        return { kind: 'step-completed', at, stepId, attempt, result }
      }
      return { kind: 'step-failed', at, stepId, attempt, error: { code: 'x', message: 'x', retryable: roll === 4 } }
    }
    case 'plan-actions':
      if (roll === 5)
        return {
          kind: 'step-failed',
          at,
          stepId: command.stepId,
          attempt: command.attempt,
          error: { code: 'x', message: 'x', retryable: true },
        }
      return {
        kind: 'actions-planned',
        at,
        stepId: command.stepId,
        plans: command.actions.map(({ stepId }) => actionPlan(stepId)).toReversed(),
      }
    case 'request-approval': {
      const hashes = roll === 5 ? ['sha256:other'] : command.plans.map(({ hash }) => hash)
      return {
        kind: 'approval-decided',
        at,
        stepId: command.stepId,
        decision: roll % 2 === 0 ? 'approved' : 'rejected',
        by: roll === 2 ? requester : 'bo',
        hashes,
      }
    }
    case 'start-timer':
      return { kind: 'timer-fired', at, timerId: command.timerId }
    case 'cancel-timer':
    case 'cancel-step':
    case 'revert-actions':
    case 'finish-run':
      throw new Error(`Nothing answers ${command.kind}.`)
  }
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}
