import { expect, test } from 'vitest'
import { wayTaken } from './step-edge.tsx'

test.each([
  ['a step that has not ended', { status: 'running', outcome: null }, 'found', 'unknown'],
  ['the outcome of a done step', { status: 'done', outcome: 'found' }, 'found', 'taken'],
  ['another outcome', { status: 'done', outcome: 'found' }, 'none', 'not-taken'],
  ['always, after a done step', { status: 'done', outcome: 'found' }, 'always', 'taken'],
  ['error, after a failed step', { status: 'failed', outcome: null }, 'error', 'taken'],
  ['always, after a failed step', { status: 'failed', outcome: null }, 'always', 'not-taken'],
  ['a skipped step', { status: 'skipped', outcome: null }, 'found', 'not-taken'],
] as const)('%s', (_, step, outcome, way) => {
  expect(wayTaken(step, outcome)).toBe(way)
})

test('a step that is in no run', () => {
  expect(wayTaken(undefined, 'found')).toBe('unknown')
})
