import { initialState, type RunState, type StepState } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { answer, plan, runOf } from '../../test/plans.ts'
import { fitState, withoutEvidence } from './fit-state.ts'

const each = { id: 'loop', type: 'steer.for-each', effect: 'each' as const, outcomes: ['done'] }
const made = plan([answer('a'), each, { ...answer('b'), parent: 'loop' }], [])

function done(endedAt: number, evidence: number, output = 10): StepState {
  const shown = [{ id: 'e', kind: 'text' as const, title: 'E', text: 'x'.repeat(evidence) }]
  const result = { outcome: 'done', output: 'y'.repeat(output), summary: '', evidence: shown }
  return { status: 'done', attempt: 1, startedAt: 1, endedAt, input: {}, result }
}

function stateOf(steps: Record<string, StepState>): RunState {
  const state = initialState(made, runOf(made).context)
  const loop = { kind: 'each' as const, items: [1, 2], begun: 2, rounds: ['done' as const, null], collected: [1, null] }
  return { ...state, steps: { ...state.steps, ...steps }, loops: { loop } }
}

const resultOf = (state: RunState, key: string) => {
  const now = state.steps[key]
  if (now?.status !== 'done') throw new Error(`${key} is not done`)
  return now.result
}

test('what fits stays the same object', () => {
  const state = stateOf({ a: done(5, 100) })
  expect(fitState(made, state, 10_000)).toBe(state)
})

test('the oldest evidence goes first, and a note stands for it', () => {
  const fitted = fitState(made, stateOf({ a: done(9, 3_000), 'b#0': done(5, 3_000) }), 5_000)
  expect(resultOf(fitted, 'b#0').evidence).toMatchObject([{ id: 'left-out' }])
  expect(resultOf(fitted, 'a').evidence).toMatchObject([{ id: 'e' }])
})

test('then outputs of rounds that have ended; those that may be asked for stay', () => {
  const fitted = fitState(
    made,
    stateOf({ a: done(9, 0, 3_000), 'b#0': done(5, 0, 3_000), 'b#1': done(6, 0, 3_000) }),
    1_000,
  )
  expect(resultOf(fitted, 'b#0').output).toBeNull()
  expect(resultOf(fitted, 'b#1').output).toHaveLength(3_000)
  expect(resultOf(fitted, 'a').output).toHaveLength(3_000)
})

test('a result carries no evidence', () => {
  expect(resultOf(withoutEvidence(made, stateOf({ a: done(5, 100) })), 'a').evidence).toBeUndefined()
})
