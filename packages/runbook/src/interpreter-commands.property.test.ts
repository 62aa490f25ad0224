/** What a driver is told and what a run is must agree at every moment, for the driver knows nothing else. */
import { expect, test, vi } from 'vitest'
import { approveInput, approveOutput } from './approval.ts'
import { canonicalJson } from './canonical.ts'
import { eachInput, toleratedRounds } from './control.ts'
import type { RunCommand, RunEvent, RunState, StepState } from './run.ts'
import { roundsOf, stepIdOf, stepKey } from './step-key.ts'
import { isFinal } from './turn.ts'
import { requester } from '../test/model/random-plan.ts'
import { type DrivenRun, faultsInRandomRuns, planStepAt } from '../test/model/random-taken.ts'

// On a busy machine hundreds of runs take long; how long is not what is tested.
vi.setConfig({ testTimeout: 120_000 })

/** What a driver has under way. */
interface Driver {
  timers: Map<string, number>
  working: Set<string>
  awaiting: Set<string>
}

/** Whether the command makes sense to a driver: nothing is begun twice, nothing is stopped that does not go on. */
function obey({ timers, working, awaiting }: Driver, command: RunCommand, at: number): boolean {
  const begin = (under: Set<string>, key: string): boolean => !under.has(key) && under.add(key).has(key)
  switch (command.kind) {
    case 'run-step':
    case 'run-child':
    case 'plan-actions':
      return begin(working, command.stepId)
    case 'cancel-step':
      return working.delete(command.stepId)
    case 'await-event':
      return begin(awaiting, command.stepId)
    case 'stop-awaiting':
      return awaiting.delete(command.stepId)
    case 'start-timer':
      return !timers.has(command.timerId) && timers.set(command.timerId, at + command.seconds * 1000).size > 0
    case 'cancel-timer':
      return timers.delete(command.timerId)
    case 'request-approval':
    case 'revert-actions':
    case 'finish-run':
      return true
  }
}

/** The driver's own part of an event: the work that it answers is over, the timer that fires is gone. */
function hear(driver: Driver, event: RunEvent, before: RunState): void {
  if (event.kind === 'timer-fired') driver.timers.delete(event.timerId)
  if (!('stepId' in event)) return
  const state = before.steps[event.stepId]
  if (state?.status !== 'running') return
  if (event.kind === 'actions-planned' || ('attempt' in event && event.attempt === state.attempt))
    driver.working.delete(event.stepId)
}

function keysOf(state: RunState, wanted: (key: string, state: StepState) => boolean): string[] {
  return Object.entries(state.steps).flatMap(([key, one]) => (wanted(key, one) ? [key] : []))
}

test('timers, running steps and awaited events are just what the driver was told', () => {
  const faults = faultsInRandomRuns(function* (run) {
    const isLoop = (key: string): boolean => ['each', 'repeat'].includes(planStepAt(run, key).effect)
    const driver: Driver = { timers: new Map(), working: new Set(), awaiting: new Set() }
    for (const { before, event, after, commands } of run.taken) {
      // What changed nothing answered nothing.
      if (before !== after) hear(driver, event, before)
      for (const command of commands)
        if (!obey(driver, command, event.at)) yield `${command.kind} makes no sense after ${event.kind}`
      const told = {
        timers: Object.fromEntries(driver.timers),
        working: [...driver.working].toSorted(),
        awaiting: [...driver.awaiting].toSorted(),
      }
      const is = {
        timers: after.timers,
        working: keysOf(after, (key, { status }) => status === 'running' && !isLoop(key)).toSorted(),
        awaiting: keysOf(after, (_, one) => one.status === 'waiting' && one.on.kind === 'event').toSorted(),
      }
      if (canonicalJson(told) !== canonicalJson(is)) yield `told ${canonicalJson(told)}, is ${canonicalJson(is)}`
    }
  })
  expect(faults).toEqual([])
})

test('when a run is ended: work and waiting stop, then timers, then actions are put back, then it is over', () => {
  const places = {
    'cancel-step': 0,
    'stop-awaiting': 0,
    'cancel-timer': 1,
    'revert-actions': 2,
    'finish-run': 3,
  } as const
  const placeOf = ({ kind }: RunCommand): number => (kind in places ? places[kind as keyof typeof places] : -1)
  const faults = faultsInRandomRuns(function* ({ taken }) {
    const { event, commands } = taken.at(-1)!
    // Other ends come after what the last event began.
    if (event.kind !== 'cancel' && !(event.kind === 'timer-fired' && event.timerId === 'run-timeout')) return
    const order = commands.map(placeOf)
    if (order.includes(-1) || order.some((place, index) => place < (order[index - 1] ?? 0)))
      yield commands.map(({ kind }) => kind).join()
  }, 500)
  expect(faults).toEqual([])
})

test('no timer is started twice in one run', () => {
  const faults = faultsInRandomRuns(function* ({ commands }) {
    const started = commands.flatMap((one) => (one.kind === 'start-timer' ? [one.timerId] : []))
    for (const timer of started) if (started.indexOf(timer) !== started.lastIndexOf(timer)) yield timer
  })
  expect(faults).toEqual([])
})

/** The hashes that people approved for a step, by the approve steps that lead to it. */
function approvedHashes(run: DrivenRun, state: RunState, key: string): (string | undefined)[] {
  const id = stepIdOf(key)
  return run.plan.steps.flatMap((asker) => {
    const position = asker.guards.indexOf(id)
    const asked = state.steps[stepKey(asker.id, roundsOf(key))]
    if (position === -1 || asked?.status !== 'done' || asked.origin !== undefined) return []
    return asked.result.outcome === 'approved' ? [approveOutput.parse(asked.result.output).hashes[position]] : []
  })
}

test('people are asked only with every guarded action planned, and what they approved reaches its step', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { after, commands } of run.taken) {
      for (const command of commands) {
        if (command.kind === 'request-approval') {
          const shown = command.plans.map(({ stepId }) => stepIdOf(stepId)).join()
          if (shown !== planStepAt(run, command.stepId).guards.join()) yield `${command.stepId} shows ${shown}`
        }
        if (command.kind !== 'run-step') continue
        const hashes = approvedHashes(run, after, command.stepId)
        if (hashes.length === 0 ? command.approvedHash !== undefined : !hashes.includes(command.approvedHash))
          yield `${command.stepId} runs with ${command.approvedHash}, approved: ${hashes.join()}`
      }
    }
  }, 500)
  expect(faults).toEqual([])
})

test('a yes is that of enough people who may give it; nothing else ends as approved', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { before, event, after } of run.taken) {
      for (const [key, state] of Object.entries(after.steps)) {
        if (planStepAt(run, key).effect !== 'approve' || state.status !== 'done' || before.steps[key] === state)
          continue
        if (state.result.outcome !== 'approved' || state.origin === 'muted') continue
        const { approvals, approvers, allowRequester } = approveInput.parse(state.input)
        const people = approveOutput.parse(state.result.output).approvals.map(({ by }) => by)
        if (event.kind !== 'approval-decided' || state.origin !== undefined) yield `${key} by ${event.kind}`
        if (new Set(people).size !== approvals || people.length !== approvals) yield `${key} by ${people.join()}`
        if (approvers.length > 0 && people.some((one) => !approvers.includes(one))) yield `${key} by ${people.join()}`
        if (!allowRequester && people.includes(requester)) yield `${key} by who started the run`
      }
    }
  }, 500)
  expect(faults).toEqual([])
})

test('a loop has no more rounds at a time than it may, and goes on only while it tolerates its failures', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { after } of run.taken) {
      for (const [key, loop] of Object.entries(after.loops)) {
        const state = after.steps[key]!
        if (state.status !== 'running' || loop.kind !== 'each') continue
        const { concurrency, tolerate } = eachInput.parse(state.input)
        const going = loop.rounds.slice(0, loop.begun).filter((round) => round === null).length
        const failed = loop.rounds.filter((round) => round === 'failed').length
        if (going < 1 || going > concurrency) yield `${key} has ${going} rounds of ${concurrency}`
        if (failed > toleratedRounds(tolerate, loop.items.length)) yield `${key} goes on with ${failed} failed`
      }
    }
  })
  expect(faults).toEqual([])
})

test('steps of a loop that has ended have ended; a write that has begun is cancelled only with its loop or the run', () => {
  const faults = faultsInRandomRuns(function* (run) {
    for (const { before, after } of run.taken) {
      for (const [key, state] of Object.entries(after.steps)) {
        const { parent, effect } = planStepAt(run, key)
        const loop = parent === null ? undefined : after.steps[stepKey(parent, roundsOf(key).slice(0, -1))]
        const loopEnded = loop !== undefined && isFinal(loop)
        if (loopEnded && !isFinal(state)) yield `${key} goes on after its loop`
        const wasGoing = ['running', 'backing-off'].includes(before.steps[key]?.status ?? '')
        const isCut = effect === 'write' && wasGoing && state.status === 'cancelled' && after.status === 'running'
        if (isCut && !loopEnded) yield `${key} is a write and was cancelled`
      }
    }
  }, 500)
  expect(faults).toEqual([])
})
