import { expect, test, vi } from 'vitest'
import { canonicalJson } from './canonical.ts'
import { step } from './interpreter.ts'
import type { PlanEdge } from './plan.ts'
import type { RunState, StepState } from './run.ts'
import { roundsOf, stepKey } from './step-key.ts'
import { isFinal } from './turn.ts'
import { type DrivenRun, faultsInRandomRuns, planStepAt } from '../test/model/random-taken.ts'

// On a busy machine hundreds of runs take long; how long is not what is tested.
vi.setConfig({ testTimeout: 120_000 })

/** What an edge means, said again without the interpreter. */
function isTaken({ on }: PlanEdge, source: StepState | undefined): boolean {
  if (source?.status === 'done') return on === 'always' || on === source.result.outcome
  return source?.status === 'failed' && on === 'error'
}
const hasBegun = (state: StepState | undefined): boolean => state !== undefined && 'attempt' in state

interface Arrivals {
  paths: number
  taken: number
  open: number
  needed: number
}

/** How many paths lead to a step, have arrived there and may still arrive, and how many it needs. */
function arrivalsAt(run: DrivenRun, state: RunState, key: string): Arrivals {
  const { id, join } = planStepAt(run, key)
  const edges = run.plan.edges.filter(({ to }) => to === id)
  const sourceOf = (source: string): StepState | undefined => state.steps[stepKey(source, roundsOf(key))]
  const sources = [...new Set(edges.map(({ from }) => from))]
  const taken = sources.filter((from) => edges.some((edge) => edge.from === from && isTaken(edge, sourceOf(from))))
  return {
    paths: sources.length,
    taken: taken.length,
    open: sources.filter((source) => !isFinal(sourceOf(source)!)).length,
    needed: typeof join === 'object' ? join.atLeast : 1,
  }
}

/** Steps at the top of a run of chosen steps begin and are skipped by choice. */
const isChosen = (run: DrivenRun, key: string): boolean =>
  run.context.only !== undefined && planStepAt(run, key).parent === null

test('every run ends, with every step ended and finish-run as its one last command', () => {
  const faults = faultsInRandomRuns(function* ({ last, commands }) {
    if (last.status === 'running' || last.endedAt === null) yield 'It never ends.'
    if (Object.keys(last.timers).length > 0) yield 'A timer is left.'
    for (const [key, state] of Object.entries(last.steps)) if (!isFinal(state)) yield `${key} is ${state.status}`
    const finished = commands.filter(({ kind }) => kind === 'finish-run')
    if (canonicalJson(finished) !== canonicalJson([{ kind: 'finish-run', status: last.status }])) yield 'It ends twice.'
    if (commands.at(-1)?.kind !== 'finish-run') yield 'Something comes after the end.'
  })
  expect(faults).toEqual([])
})

test('a step begins only when enough paths have arrived, and with join all when no other can', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { before, event, after } of run.taken) {
      for (const [key, state] of Object.entries(after.steps)) {
        if (hasBegun(before.steps[key]) || !hasBegun(state) || isChosen(run, key)) continue
        // Other steps may end later in the same turn; none un-ends, so what held when the step began holds after the turn.
        const { paths, taken, open, needed } = arrivalsAt(run, after, key)
        if (paths === 0) continue
        const isDeadline = event.kind === 'timer-fired' && event.timerId === `join:${key}`
        if (event.kind === 'timer-fired' && event.timerId === `start-by:${key}`) continue
        const isLate = state.status === 'failed' && state.error.code === 'join-deadline'
        if (isLate ? !isDeadline : taken < needed) yield `${key} began with ${taken} of ${needed} paths`
        if (planStepAt(run, key).join === 'all' && !isDeadline && open > 0)
          yield `${key} did not wait for ${open} paths`
      }
    }
  })
  expect(faults).toEqual([])
})

test('whatever could begin has begun, only what cannot is skipped, and a join that waits has its deadline', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { after } of run.taken) {
      if (after.status !== 'running') continue
      for (const [key, { status }] of Object.entries(after.steps)) {
        if (isChosen(run, key)) continue
        const { paths, taken, open, needed } = arrivalsAt(run, after, key)
        const { join, joinDeadlineSeconds } = planStepAt(run, key)
        const canCome = taken + open >= needed
        if (status === 'skipped' && (paths === 0 || canCome)) yield `${key} is skipped and could run`
        if (status !== 'pending') continue
        if (join === 'all' ? open === 0 : taken >= needed) yield `${key} is pending and could run`
        if (!canCome) yield `${key} is pending for ever`
        const isTimed = Object.hasOwn(after.timers, `join:${key}`)
        if (isTimed !== (taken > 0 && joinDeadlineSeconds !== null)) yield `${key} has no deadline, or one too early`
      }
    }
  })
  expect(faults).toEqual([])
})

test('each step begins once, and is tried no more often than it may be', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const key of Object.keys(run.last.steps)) {
      const attempts = run.commands.flatMap((one) =>
        (one.kind === 'run-step' || one.kind === 'plan-actions' || one.kind === 'run-child') && one.stepId === key
          ? [one.attempt]
          : [],
      )
      if (attempts.some((attempt, index) => attempt !== index + 1)) yield `${key} was tried as ${attempts.join()}`
      if (attempts.length > planStepAt(run, key).retry.attempts) yield `${key} was tried ${attempts.length} times`
    }
  })
  expect(faults).toEqual([])
})

test('what has ended stays as it is', () => {
  const faults = faultsInRandomRuns(function* ({ taken }) {
    for (const { before, after } of taken) {
      for (const [key, state] of Object.entries(before.steps))
        if (isFinal(state) && after.steps[key] !== state) yield `${key} was ${state.status} and changed`
    }
  })
  expect(faults).toEqual([])
})

test('a run fails exactly when a failure at the top is not taken up or a stop says so; skipped is not failed', () => {
  const faults = faultsInRandomRuns(function* (run) {
    const { plan, last } = run
    const entries = Object.entries(last.steps)
    const stopped = entries.flatMap(([key, state]) =>
      planStepAt(run, key).effect === 'stop' && state.status === 'done' && state.origin === undefined ? [state] : [],
    )
    const loose = entries.filter(
      ([key, { status }]) =>
        status === 'failed' &&
        planStepAt(run, key).parent === null &&
        !plan.edges.some(({ from, on }) => from === key && on === 'error'),
    )
    const bySteps = loose.length > 0 ? 'failed' : 'succeeded'
    const wanted = stopped[0] ? (stopped[0].input['as'] ?? 'succeeded') : bySteps
    if (![wanted, 'cancelled', 'timed-out'].includes(last.status))
      yield `It is ${last.status}, not ${JSON.stringify(wanted)}`
    if ((last.error === null) !== (last.status === 'succeeded')) yield `${last.status} with ${last.error?.code}`
  })
  expect(faults).toEqual([])
})

test('actions are reverted exactly when the run did not succeed, a write ran or failed and the runbook says so', () => {
  const faults = faultsInRandomRuns(function* (run) {
    const wrote = run.taken.some(({ after }) =>
      Object.entries(after.steps).some(
        ([key, state]) =>
          planStepAt(run, key).effect === 'write' &&
          // One that began and was cancelled in the same turn is never seen running.
          (hasBegun(state) || (state.status === 'cancelled' && state.begun !== undefined)) &&
          !(state.status === 'done' && state.origin !== undefined),
      ),
    )
    const { commands, last, plan } = run
    const wanted = last.status !== 'succeeded' && plan.onFailure === 'revert' && wrote
    const count = commands.filter(({ kind }) => kind === 'revert-actions').length
    if (count !== (wanted ? 1 : 0)) yield `${count} times, run ${last.status}, wrote: ${wrote}`
    if (wanted && commands.at(-2)?.kind !== 'revert-actions') yield 'not just before the end'
  })
  expect(faults).toEqual([])
})

test('every event that comes again changes nothing, nor does any after the end', () => {
  const faults = faultsInRandomRuns(function* ({ plan, taken, last }) {
    for (const { event, after } of taken) {
      const late = step(plan, last, event)
      if (late.state !== last || late.commands.length > 0) yield `${event.kind} after the end`
      // Two triggers that join are two, however much they look alike.
      if (event.kind === 'joined') continue
      const again = step(plan, after, event)
      if (again.state !== after || again.commands.length > 0) yield `${event.kind} again`
    }
  })
  expect(faults).toEqual([])
})

test('an event that changes nothing gives no commands', () => {
  const faults = faultsInRandomRuns(function* ({ taken }) {
    for (const { before, event, after, commands } of taken)
      if (before === after && commands.length > 0) yield `${event.kind} gives ${commands[0]!.kind}`
  })
  expect(faults).toEqual([])
})

test('plans, states and events are plain JSON: a process that begins anew takes the same steps', () => {
  const faults = faultsInRandomRuns(function* ({ plan, taken }) {
    for (const { before, event, after, commands } of taken) {
      const text = JSON.stringify({ plan, before, event })
      const revived = JSON.parse(text) as { plan: typeof plan; before: typeof before; event: typeof event }
      const result = step(revived.plan, revived.before, revived.event)
      if (JSON.stringify(result) !== JSON.stringify({ state: after, commands })) yield `${event.kind} differs`
    }
  })
  expect(faults).toEqual([])
})
