import { describe, expect, test } from 'vitest'
import { endedSteps } from './ended-steps.ts'
import { begun, broke, ended, fired, play, planOf, start, statuses } from '../test/play.ts'

const loss = { type: 'judge.loss', with: { chain: 'card' }, retry: { attempts: 1 } }
const go = { type: 'act.switch', with: { entity: 'pay' } }
const three = ['a -found-> end', 'b -found-> end', 'c -found-> end']
const joined = (join: unknown, fields: object = {}) =>
  planOf({ a: loss, b: loss, c: loss, end: { ...loss, join, ...fields } }, three)

test('at least 2 of 3 runs at the second arrival', () => {
  const { commands } = play(joined({ atLeast: 2 }), [start, ended('a', 'found'), ended('c', 'found')])
  expect(begun(commands[1])).toEqual([])
  expect(begun(commands[2])).toEqual(['end'])
})

test('at least 2 of 3 is skipped as soon as two paths cannot arrive any more', () => {
  const { state } = play(joined({ atLeast: 2 }), [start, ended('a', 'none'), ended('b', 'none')])
  expect(statuses(state)).toMatchObject({ c: 'running', end: 'skipped' })
})

describe('a deadline', () => {
  test('counts from the first arrival; then all runs with what has arrived', () => {
    const { commands, state } = play(joined('all', { joinDeadline: '30s' }), [
      start,
      ended('a', 'found'),
      ended('b', 'none'),
      fired('join:end'),
    ])
    expect(commands[1]).toContainEqual({ kind: 'start-timer', timerId: 'join:end', seconds: 30 })
    expect(begun(commands[3])).toEqual(['end'])
    expect(statuses(state)).toMatchObject({ c: 'running', end: 'running' })
  })

  test('fails a quorum that was not reached', () => {
    const { state } = play(joined({ atLeast: 2 }, { joinDeadline: '30s' }), [
      start,
      ended('a', 'found'),
      fired('join:end'),
    ])
    expect(state.steps['end']).toMatchObject({ status: 'failed', error: { code: 'join-deadline' } })
  })

  test('is cancelled when the step begins before', () => {
    const plan = joined({ atLeast: 2 }, { joinDeadline: '30s' })
    const { commands, state } = play(plan, [start, ended('a', 'found'), ended('b', 'found')])
    expect(commands[2]?.[0]).toEqual({ kind: 'cancel-timer', timerId: 'join:end' })
    expect(state.timers).toEqual({ 'run-timeout': 3_601_000 })
  })
})

describe('startBy', () => {
  const chain = planOf({ a: loss, b: loss, deep: loss, else: loss, end: { ...loss, startBy: '50s' } }, [
    'a -found-> end',
    'b -found-> deep',
    'deep -found-> end',
    'deep -none-> else',
  ])

  test('counts from the start of the run; then the step runs with what has arrived and the rest is cut', () => {
    const { commands, state } = play(chain, [start, ended('a', 'found'), fired('start-by:end')])
    expect(commands[0]).toContainEqual({ kind: 'start-timer', timerId: 'start-by:end', seconds: 50 })
    expect(commands[2]).toContainEqual({ kind: 'cancel-step', stepId: 'b' })
    expect(begun(commands[2])).toEqual(['end'])
    expect(statuses(state)).toEqual({ a: 'done', b: 'cancelled', deep: 'cancelled', else: 'skipped', end: 'running' })
    expect(endedSteps(chain, state).map(({ id, result }) => [id, result.outcome])).toEqual([
      ['a', 'found'],
      ['b', 'cut'],
      ['deep', 'cut'],
    ])
    expect(endedSteps(chain, state)[1]?.result.verdict?.value).toBe('inconclusive')
  })

  test('runs even when nothing has arrived', () => {
    const { commands } = play(chain, [start, fired('start-by:end')])
    expect(begun(commands[1])).toEqual(['end'])
  })

  test('is cancelled when the step begins before, or is skipped', () => {
    const inTime = play(chain, [start, ended('a', 'found'), ended('b', 'none')])
    expect(inTime.commands[2]?.[0]).toEqual({ kind: 'cancel-timer', timerId: 'start-by:end' })
    const skipped = play(chain, [start, ended('a', 'none'), ended('b', 'none')])
    expect(skipped.state.status).toBe('succeeded')
    expect(skipped.state.timers).toEqual({})
  })

  test('leaves a write that has begun to end', () => {
    const plan = planOf({ go, end: { ...loss, startBy: '50s' } }, ['go -always-> end'])
    const { state, commands } = play(plan, [start, fired('start-by:end')])
    expect(commands[1]).not.toContainEqual({ kind: 'cancel-step', stepId: 'go' })
    expect(statuses(state)).toEqual({ go: 'running', end: 'running' })
  })
})

describe('first', () => {
  test('cancels what can only lead there, and nothing else', () => {
    const plan = planOf({ a: loss, b: loss, c: loss, deep: loss, else: loss, end: { ...loss, join: 'first' } }, [
      'a -found-> end',
      'b -found-> deep',
      'deep -found-> end',
      'c -found-> end',
      'c -none-> else',
    ])
    const { state, commands } = play(plan, [start, ended('a', 'found')])
    expect(statuses(state)).toEqual({
      a: 'done',
      b: 'cancelled',
      c: 'running',
      deep: 'cancelled',
      else: 'pending',
      end: 'running',
    })
    expect(commands[1]).toContainEqual({ kind: 'cancel-step', stepId: 'b' })
  })

  test('never cancels a write that has begun', () => {
    const plan = planOf({ a: loss, b: go, end: { ...loss, join: 'first' } }, ['a -found-> end', 'b -done-> end'])
    const { state } = play(plan, [start, ended('a', 'found')])
    expect(statuses(state)).toEqual({ a: 'done', b: 'running', end: 'running' })
  })
})

describe('control', () => {
  test('a wait ends by its timer, and at once when its moment is past', () => {
    const plan = planOf({ a: { type: 'steer.wait', with: { for: '5m' } }, b: loss }, ['a -done-> b'])
    const { commands, state } = play(plan, [start, fired('wait:a:1', 301_000)])
    expect(commands[0]).toContainEqual({ kind: 'start-timer', timerId: 'wait:a:1', seconds: 300 })
    expect(begun(commands[1])).toEqual(['b'])
    expect(state.steps['a']).toMatchObject({ result: { output: { waitedSeconds: 300 } } })
    const past = planOf({ a: { type: 'steer.wait', with: { until: '1970-01-01T00:00:00Z' } } })
    expect(play(past, [start]).state.status).toBe('succeeded')
  })

  test('an event is taken when its condition holds, else passed over, and expires', () => {
    const plan = planOf({
      a: {
        type: 'steer.wait-event',
        with: { event: 'deploy', match: '${event.payload.app == "pay"}', expiresAfter: '1m' },
      },
    })
    const came = (app: string) =>
      ({ kind: 'event-received', at: 5000, stepId: 'a', event: { name: 'deploy', id: 'e', payload: { app } } }) as const
    const { commands, state } = play(plan, [start, came('web'), came('pay')])
    expect(commands[0]).toContainEqual({ kind: 'await-event', stepId: 'a', event: 'deploy', expiresAt: 61_000 })
    expect(commands[1]).toEqual([])
    expect(state.steps['a']).toMatchObject({ result: { outcome: 'received', output: { payload: { app: 'pay' } } } })
    expect(play(plan, [start, fired('event:a:1')]).state.steps['a']).toMatchObject({ result: { outcome: 'expired' } })
  })

  test('stop ends the run at once, and what goes on beside it is cancelled', () => {
    const plan = planOf({ a: loss, b: loss, s: { type: 'steer.stop', with: { as: 'failed', reason: 'Enough.' } } }, [
      'a -found-> s',
    ])
    const { state } = play(plan, [start, ended('a', 'found')])
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'stopped', message: expect.stringContaining('Enough.') },
    })
    expect(statuses(state)).toEqual({ a: 'done', b: 'cancelled', s: 'done' })
  })

  test('another runbook runs in its pinned version; its failure is retried as any', () => {
    const plan = planOf({
      a: { type: 'steer.run-runbook', with: { runbook: 'other', params: { who: 'x' } }, retry: { attempts: 2 } },
    })
    const child = { runbook: 'other', version: 2, planHash: 'sha256:two' }
    const { commands } = play(plan, [start, broke('a', { retryable: true }), fired('retry:a:1')])
    expect(commands[0]).toContainEqual(
      expect.objectContaining({ kind: 'run-child', stepId: 'a', attempt: 1, child, params: { who: 'x' } }),
    )
    expect(commands[2]).toContainEqual(expect.objectContaining({ kind: 'run-child', attempt: 2 }))
  })

  test('a muted step goes on as its outcome, and a code that is final is not tried again', () => {
    const muted = planOf({ a: { ...loss, mute: 'found' }, b: loss }, ['a -found-> b'])
    const { state, commands } = play(muted, [start])
    expect(begun(commands[0])).toEqual(['b'])
    expect(state.steps['a']).toMatchObject({ status: 'done', origin: 'muted', result: { output: null } })
    const final = planOf({ a: { ...loss, retry: { attempts: 3, nonRetryable: ['bad-query'] } } })
    expect(play(final, [start, broke('a', { retryable: true, code: 'bad-query' })]).state.status).toBe('failed')
  })
})

describe('parts of a run', () => {
  const plan = planOf({ a: loss, b: loss, c: loss }, ['a -found-> b', 'b -found-> c'])
  const result = { outcome: 'found', output: { lost: 1 }, summary: 'as before' }
  const before = { a: { result, origin: 'reused' as const } }

  test('from a step: what came before is taken over and not run again', () => {
    const { state, commands } = play(plan, [start], { presets: before })
    expect(begun(commands[0])).toEqual(['b'])
    expect(state.steps['a']).toMatchObject({ status: 'done', origin: 'reused', result })
  })

  test('only a step: it runs whatever leads to it, and the others do not', () => {
    const { state } = play(plan, [start, ended('b', 'found')], { presets: before, only: ['b'] })
    expect(statuses(state)).toEqual({ a: 'done', b: 'done', c: 'skipped' })
    expect(state.status).toBe('succeeded')
  })

  test('a yes is never taken over: people are asked again', () => {
    const asking = planOf({ ask: { type: 'steer.approve', with: { question: 'Go?' } }, go }, ['ask -approved-> go'])
    const yes = { result: { outcome: 'approved', output: {}, summary: '' }, origin: 'reused' as const }
    expect(play(asking, [start], { presets: { ask: yes } }).state.steps['ask']?.status).toBe('running')
    const rehearsed = play(asking, [start], { presets: { ask: yes }, mode: 'rehearsal' })
    expect(rehearsed.state.steps['ask']?.status).toBe('done')
  })
})
