import { describe, expect, test } from 'vitest'
import { begun, broke, ended, fired, play, planOf, start, statuses, type Nodes } from '../test/play.ts'

const loss = { type: 'judge.loss', with: { chain: 'card' } }
const look = { type: 'judge.loss', in: 'loop', with: { chain: '${item}' } }
const each = (inputs: object = {}): Nodes[string] => ({
  type: 'steer.for-each',
  with: { items: ['a', 'b', 'c'], collect: '${steps.look.outcome}', ...inputs },
})

describe('for each', () => {
  test('rounds begin in order, so many at a time, and see their own item', () => {
    const plan = planOf({ loop: each({ concurrency: 2 }), look, after: loss }, ['loop -done-> after'])
    const { commands, state } = play(plan, [start, ended('look#1', 'none'), ended('look#0', 'found')])
    expect(commands[0]).toMatchObject([
      { kind: 'start-timer', timerId: 'run-timeout' },
      { kind: 'run-step', stepId: 'look#0', input: { chain: 'a' } },
      { kind: 'run-step', stepId: 'look#1', input: { chain: 'b' } },
    ])
    expect(begun(commands[1])).toEqual(['look#2'])
    expect(begun(commands[2])).toEqual([])
    expect(statuses(state)).toMatchObject({ loop: 'running', 'look#2': 'running', after: 'pending' })
    const whole = play(plan, [start, ended('look#1', 'none'), ended('look#0', 'found'), ended('look#2', 'none')])
    expect(whole.state.steps['loop']).toMatchObject({
      status: 'done',
      result: {
        outcome: 'done',
        output: {
          count: 3,
          succeeded: 3,
          failed: 0,
          results: [
            { index: 0, item: 'a', status: 'done', value: 'found' },
            { index: 1, item: 'b', status: 'done', value: 'none' },
            { index: 2, item: 'c', status: 'done', value: 'none' },
          ],
        },
      },
    })
    expect(begun(whole.commands[3])).toEqual(['after'])
  })

  test('failures that are tolerated make it partial; the failed round has no value', () => {
    const plan = planOf({ loop: each({ tolerate: '34%' }), look: { ...look, retry: { attempts: 1 } } })
    const { state } = play(plan, [start, broke('look#0'), ended('look#1', 'none'), ended('look#2', 'none')])
    expect(state.status).toBe('succeeded')
    expect(state.steps['loop']).toMatchObject({
      result: {
        outcome: 'partial',
        output: { succeeded: 2, failed: 1, results: [{ status: 'failed', value: null }, {}, {}] },
      },
    })
  })

  test('one failure too many fails the loop: what goes on is cancelled, what has not begun never does', () => {
    const plan = planOf({ loop: each({ concurrency: 2 }), look })
    const { state, commands } = play(plan, [start, broke('look#0')])
    expect(statuses(state)).toEqual({ loop: 'failed', 'look#0': 'failed', 'look#1': 'cancelled' })
    expect(commands[1]).toContainEqual({ kind: 'cancel-step', stepId: 'look#1' })
    expect(state).toMatchObject({ status: 'failed', error: { code: 'too-many-failures' } })
  })

  test('a failure with an error edge is taken up inside of its round', () => {
    const plan = planOf({ loop: each({ items: ['a'] }), look, mend: { ...loss, in: 'loop' } }, ['look -error-> mend'])
    const { state } = play(plan, [start, broke('look#0'), ended('mend#0', 'none')])
    expect(state.steps['loop']).toMatchObject({ status: 'done', result: { outcome: 'done' } })
  })

  test('no items is an end of its own; what is no list is bad input', () => {
    expect(play(planOf({ loop: each({ items: [] }), look }), [start]).state.steps['loop']).toMatchObject({
      result: { outcome: 'empty' },
    })
    const bad = planOf({ loop: each({ items: '${params.n}' }), look }, [], { params: { n: { type: 'list' } } })
    expect(play(bad, [start], { params: { n: 'one' } }).state.steps['loop']).toMatchObject({
      status: 'failed',
      error: { code: 'bad-input' },
    })
  })

  test('loops in loops: keys name the rounds, loops.<id> the outer item', () => {
    const plan = planOf({
      outer: { type: 'steer.for-each', with: { items: ['x', 'y'] } },
      loop: { ...each({ items: [1, 2] }), in: 'outer' },
      look: { ...look, with: { chain: '${loops.outer.item + string(item)}' } },
    })
    const { commands } = play(plan, [start])
    expect(commands[0]?.flatMap((one) => (one.kind === 'run-step' ? [[one.stepId, one.input['chain']]] : []))).toEqual([
      ['look#0.0', 'x1'],
      ['look#0.1', 'x2'],
      ['look#1.0', 'y1'],
      ['look#1.1', 'y2'],
    ])
  })

  test('a written timeout ends the loop and what is inside', () => {
    const plan = planOf({ loop: { ...each(), timeout: '30s' }, look })
    const { state, commands } = play(plan, [start, fired('loop:loop')])
    expect(commands[0]).toContainEqual({ kind: 'start-timer', timerId: 'loop:loop', seconds: 30 })
    expect(state.steps['loop']).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
    expect(statuses(state)['look#0']).toBe('cancelled')
  })
})

describe('repeat until', () => {
  const again = (inputs: object = {}): Nodes[string] => ({
    type: 'steer.repeat',
    with: { until: '${steps.look.outcome == "none"}', atMost: 3, collect: '${index}', ...inputs },
  })
  const round = { ...loss, in: 'loop' }

  test('goes on until the condition holds, with a pause between rounds', () => {
    const plan = planOf({ loop: again({ every: '10s' }), look: round })
    const { state, commands } = play(plan, [
      start,
      ended('look#0', 'found'),
      fired('round:loop:1', 12_000),
      ended('look#1', 'none', 13_000),
    ])
    expect(commands[1]).toEqual([{ kind: 'start-timer', timerId: 'round:loop:1', seconds: 10 }])
    expect(begun(commands[2])).toEqual(['look#1'])
    expect(state.steps['loop']).toMatchObject({ result: { outcome: 'met', output: { rounds: 2, value: 1 } } })
  })

  test('ends as exhausted after so many rounds', () => {
    const plan = planOf({ loop: again({ atMost: 2 }), look: round })
    const { state } = play(plan, [start, ended('look#0', 'found'), ended('look#1', 'found')])
    expect(state.steps['loop']).toMatchObject({ result: { outcome: 'exhausted', output: { rounds: 2 } } })
  })

  test('a round that fails, fails the loop; so does a condition without value', () => {
    const plan = planOf({ loop: again(), look: round })
    expect(play(plan, [start, broke('look#0')]).state.error).toMatchObject({ code: 'round-failed' })
    const wrong = planOf({ loop: again({ until: '${steps.look.output.parts[7] == "x"}' }), look: round })
    expect(play(wrong, [start, ended('look#0', 'found', 2000, { parts: [] })]).state.error).toMatchObject({
      code: 'expression-failed',
    })
  })
})
