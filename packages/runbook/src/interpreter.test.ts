import { describe, expect, test } from 'vitest'
import { edgeOf } from '../test/catalogue.ts'
import { actionPlan } from '../test/model/random-drive.ts'
import { requester } from '../test/model/random-plan.ts'
import { ended, planOf, play, start, statuses, type Nodes } from '../test/play.ts'
import { refuseDecision } from './approval.ts'
import { initialState, step } from './interpreter.ts'
import type { RunEvent, RunState } from './run.ts'

const loss = { type: 'judge.loss', with: { chain: 'card' } }
const go = { type: 'act.switch', with: { entity: 'pay' } }
const approve = (inputs: object = {}): Nodes[string] => ({
  type: 'steer.approve',
  with: { question: 'Go?', ...inputs },
})

const broke = (stepId: string, attempt: number, retryable: boolean): RunEvent => ({
  kind: 'step-failed',
  at: 2000,
  stepId,
  attempt,
  error: { code: 'source-unreachable', message: 'Nobody answers.', retryable },
})
const planned = (stepId: string, ...guarded: string[]): RunEvent => ({
  kind: 'actions-planned',
  at: 3000,
  stepId,
  plans: guarded.map(actionPlan),
})
const decided = (decision: 'approved' | 'rejected', by = 'bo', hashes = ['sha256:go']): RunEvent => ({
  kind: 'approval-decided',
  at: 4000,
  stepId: 'ask',
  decision,
  by,
  hashes,
})
describe('approval', () => {
  const plan = planOf({ ask: approve({ expiresAfter: '5m' }), go }, ['ask -approved-> go'])

  test('actions are planned, then people are asked, then what they approved is done', () => {
    const { commands } = play(plan, [start, planned('ask', 'go'), decided('approved')])
    expect(commands[0]?.[1]).toEqual({
      kind: 'plan-actions',
      stepId: 'ask',
      attempt: 1,
      actions: [{ stepId: 'go', input: { entity: 'pay' } }],
    })
    expect(commands[1]).toMatchObject([
      { kind: 'request-approval', stepId: 'ask', expiresAt: 303_000, plans: [{ hash: 'sha256:go' }] },
      { kind: 'start-timer', timerId: 'approval:ask:1', seconds: 300 },
    ])
    expect(commands[2]).toMatchObject([
      { kind: 'cancel-timer', timerId: 'approval:ask:1' },
      { kind: 'run-step', stepId: 'go', approvedHash: 'sha256:go', asOf: 5 },
    ])
  })

  test('each of several guarded steps gets its own hash, in whichever order plans came', () => {
    const two = planOf({ ask: approve(), one: go, two: go }, ['ask -approved-> one', 'ask -approved-> two'])
    const { commands } = play(two, [
      start,
      planned('ask', 'two', 'one'),
      decided('approved', 'bo', ['sha256:two', 'sha256:one']),
    ])
    expect(commands[2]).toContainEqual(expect.objectContaining({ stepId: 'one', approvedHash: 'sha256:one' }))
    expect(commands[2]).toContainEqual(expect.objectContaining({ stepId: 'two', approvedHash: 'sha256:two' }))
  })

  test('a decision on another plan, or on nothing, does not count and says why', () => {
    const { state } = play(plan, [start, planned('ask', 'go')])
    for (const hashes of [['sha256:old'], [], ['sha256:go', 'sha256:go']]) {
      expect(step(plan, state, decided('approved', 'bo', hashes)).state).toBe(state)
      expect(refuseDecision(state, { stepId: 'ask', decision: 'approved', by: 'bo', hashes })).toBe('plan-changed')
    }
    expect(refuseDecision(state, { stepId: '__proto__', decision: 'approved', by: 'bo', hashes: [] })).toBe(
      'no-such-waiting-step',
    )
    const done = play(plan, [start, planned('ask', 'go'), decided('rejected')]).state
    expect(refuseDecision(done, { stepId: 'ask', decision: 'approved', by: 'bo', hashes: ['sha256:go'] })).toBe(
      'already-decided',
    )
  })

  test('who started the run may say no, but yes only when allowed', () => {
    const strict = planOf({ ask: approve({ allowRequester: false }), go }, ['ask -approved-> go'])
    const { state } = play(strict, [start, planned('ask', 'go')])
    expect(step(strict, state, decided('approved', requester)).state).toBe(state)
    expect(refuseDecision(state, { stepId: 'ask', decision: 'approved', by: requester, hashes: ['sha256:go'] })).toBe(
      'requester-may-not-approve',
    )
    expect(step(strict, state, decided('rejected', requester)).state.steps['ask']?.status).toBe('done')
    const lenient = planOf({ ask: approve({ allowRequester: true }), go }, ['ask -approved-> go'])
    expect(play(lenient, [start, planned('ask', 'go'), decided('approved', requester)]).state.steps['go']?.status).toBe(
      'running',
    )
  })

  test('nobody decides in time: it ends as expired, nothing is done, and the run succeeds', () => {
    const { state, commands } = play(plan, [
      start,
      planned('ask', 'go'),
      { kind: 'timer-fired', at: 303_000, timerId: 'approval:ask:1' },
    ])
    expect(state.steps['ask']).toMatchObject({ status: 'done', result: { outcome: 'expired', output: { by: null } } })
    expect(statuses(state)).toEqual({ ask: 'done', go: 'skipped' })
    expect(state.status).toBe('succeeded')
    expect(commands[2]?.map(({ kind }) => kind)).toEqual(['cancel-timer', 'finish-run'])
  })

  test('a cancelled run stops asking', () => {
    const { state, commands } = play(plan, [
      start,
      planned('ask', 'go'),
      { kind: 'cancel', at: 4000, by: 'bo', reason: 'enough' },
    ])
    expect(statuses(state)).toEqual({ ask: 'cancelled', go: 'cancelled' })
    expect(commands[2]).toEqual([
      { kind: 'cancel-timer', timerId: 'run-timeout' },
      { kind: 'cancel-timer', timerId: 'approval:ask:1' },
      { kind: 'finish-run', status: 'cancelled' },
    ])
  })

  test('a plan that is missing, an input or a wait that makes no sense fail the step before anybody is asked', () => {
    const errorOf = (state: RunState): unknown => ('error' in state.steps['ask']! ? state.steps['ask'].error : null)
    expect(errorOf(play(plan, [start, planned('ask')]).state)).toMatchObject({ code: 'plan-missing' })
    for (const expiresAfter of ['0s', '8d', '99999999999d']) {
      const bad = planOf({ ask: approve({ expiresAfter }) })
      expect(errorOf(play(bad, [start]).state)).toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('expiresAfter'),
      })
    }
  })

  test('only people complete an approve step', () => {
    const { state } = play(plan, [start])
    expect(step(plan, state, ended('ask', 'approved')).state).toBe(state)
  })
})

describe('failures', () => {
  test('an error edge takes a failure up, and its steps see the error', () => {
    const plan = planOf(
      {
        a: { ...loss, retry: { attempts: 1 } },
        b: { type: 'act.tell', with: { title: '${steps.a.error.code}' } },
        c: loss,
      },
      ['a -error-> b', 'a -always-> c'],
    )
    const { state, commands } = play(plan, [start, broke('a', 1, true), ended('b', 'sent')])
    expect(commands[1]).toContainEqual(expect.objectContaining({ stepId: 'b', input: { title: 'source-unreachable' } }))
    expect(statuses(state)).toEqual({ a: 'failed', b: 'done', c: 'skipped' })
    expect(state.status).toBe('succeeded')
  })

  test('it is tried again with a doubling wait, no more often than allowed', () => {
    const plan = planOf({ a: { ...loss, retry: { attempts: 3, backoff: '40s' } } })
    const again = (attempt: number): RunEvent => ({ kind: 'timer-fired', at: 2000, timerId: `retry:a:${attempt}` })
    const { state, commands } = play(plan, [
      start,
      broke('a', 1, true),
      again(1),
      broke('a', 2, true),
      again(2),
      broke('a', 3, true),
    ])
    expect(commands.slice(1, 4)).toMatchObject([
      [{ kind: 'start-timer', seconds: 40 }],
      [{ kind: 'run-step', attempt: 2 }],
      [{ kind: 'start-timer', seconds: 60 }],
    ])
    expect(state.steps['a']).toMatchObject({ status: 'failed', attempt: 3 })
    expect(state).toMatchObject({ status: 'failed', error: { code: 'source-unreachable' } })
    expect(play(plan, [start, broke('a', 1, false)]).state.status).toBe('failed')
  })

  test('an outcome that the node does not have fails the step', () => {
    const { state } = play(planOf({ a: loss }), [start, ended('a', 'maybe')])
    expect(state).toMatchObject({ status: 'failed', error: { code: 'unknown-outcome' } })
  })

  test('an expression without value fails its step and names the input', () => {
    const plan = planOf({ a: loss, b: { type: 'judge.loss', with: { chain: '${steps.a.output.parts[3]}' } } }, [
      'a -found-> b',
    ])
    const { state } = play(plan, [start, ended('a', 'found', 2000, { parts: [] })])
    expect(state.error).toMatchObject({ code: 'expression-failed', message: expect.stringContaining('Input "chain"') })
  })

  test.each([
    ['revert', ['revert-actions', 'finish-run']],
    ['keep', ['cancel-step', 'finish-run']],
  ])('after a write began and the run timed out: %s', (onFailure, kinds) => {
    const plan = planOf({ go, wait: loss }, [], { onFailure })
    const { state, commands } = play(plan, [
      start,
      ended('go', 'done'),
      { kind: 'timer-fired', at: 9000, timerId: 'run-timeout' },
    ])
    expect(state).toMatchObject({ status: 'timed-out', error: { code: 'run-timeout' } })
    expect(commands[2]?.slice(-2).map(({ kind }) => kind)).toEqual(kinds)
    expect(commands[2]).toContainEqual({ kind: 'cancel-step', stepId: 'wait' })
  })

  test('a plan that waits for itself fails instead of looking alive', () => {
    const plan = { ...planOf({ a: loss, b: loss }), edges: ['a -found-> b', 'b -found-> a'].map(edgeOf) }
    expect(play(plan, [start]).state).toMatchObject({ status: 'failed', error: { code: 'plan-stuck' } })
  })
})

describe('joins', () => {
  const arrows = ['a -found-> c', 'b -found-> c']

  test('all waits for both; what is not taken is not waited for', () => {
    const plan = planOf({ a: loss, b: loss, c: loss }, arrows)
    expect(statuses(play(plan, [start, ended('a', 'found')]).state)['c']).toBe('pending')
    expect(statuses(play(plan, [start, ended('a', 'found'), ended('b', 'none')]).state)['c']).toBe('running')
    expect(statuses(play(plan, [start, ended('a', 'none'), ended('b', 'none')]).state)['c']).toBe('skipped')
  })

  test('any runs at the first, and once', () => {
    const plan = planOf({ a: loss, b: loss, c: { ...loss, join: 'any' } }, arrows)
    const { commands } = play(plan, [start, ended('a', 'found'), ended('b', 'found')])
    expect(commands.flat().filter((command) => command.kind === 'run-step' && command.stepId === 'c')).toHaveLength(1)
    expect(commands[1]).toHaveLength(1)
  })

  test('a skipped step says why, in the words of its source', () => {
    const { state } = play(planOf({ a: loss, b: loss, c: loss }, ['a -found-> b', 'b -always-> c']), [
      start,
      ended('a', 'none'),
    ])
    expect(state.steps['b']).toMatchObject({ reason: '"judge.loss" ended as none; this path is for found.' })
    expect(state.steps['c']).toMatchObject({ reason: '"judge.loss" did not run.' })
  })
})

test('steps and parameters may be called like what every object has', () => {
  const nodes = {
    constructor: loss,
    b: { type: 'judge.loss', with: { chain: '${steps.constructor.output.step + params.constructor}' } },
  }
  const plan = planOf(nodes, ['constructor -found-> b'], { params: { constructor: { type: 'string' } } })
  const context = {
    runId: 'run',
    params: { constructor: '!' },
    trigger: { kind: 'test' as const, by: requester },
    asOf: 5,
  }
  const started = step(plan, initialState(plan, context), start).state
  const { commands } = step(plan, started, ended('constructor', 'found', 2000, { step: 'pay' }))
  expect(commands).toMatchObject([{ kind: 'run-step', stepId: 'b', input: { chain: 'pay!' } }])
})

test('events that belong to nothing change nothing', () => {
  const plan = planOf({ a: loss, b: loss }, ['a -found-> b'])
  const { state } = play(plan, [start])
  const strangers: RunEvent[] = [
    start,
    ended('z', 'found'),
    ended('__proto__', 'found'),
    ended('b', 'found'),
    { ...ended('a', 'found'), attempt: 2 } as RunEvent,
    broke('constructor', 1, true),
    planned('a'),
    decided('approved'),
    ...['', 'retry', 'retry:a:1', 'approval:a:1', 'retry:z:1', 'x:a:1'].map((timerId): RunEvent => ({
      kind: 'timer-fired',
      at: 1,
      timerId,
    })),
  ]
  for (const event of strangers) expect(step(plan, state, event)).toEqual({ state, commands: [] })
  for (const event of strangers) expect(step(plan, state, event).state).toBe(state)
  const before = initialState(plan, state.context)
  expect(step(plan, before, ended('a', 'found')).state).toBe(before)
})
