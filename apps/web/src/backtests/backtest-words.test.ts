import { expect, test } from 'vitest'
import { type BacktestCase, casesShown, isRight, milliseconds, percent } from './backtest-words.ts'

const one = (fields: Partial<BacktestCase>): BacktestCase => ({
  position: 0,
  at: '2026-03-01T10:00:00.000Z',
  params: {},
  label: null,
  status: 'done',
  verdict: null,
  conclusion: null,
  runStatus: 'succeeded',
  actions: [],
  outcomes: {},
  error: null,
  durationMs: 1,
  ...fields,
})

test.each([
  [{ label: 'abnormal', verdict: 'abnormal' }, true],
  [{ label: 'abnormal', verdict: 'inconclusive' }, false],
  [{ label: 'normal', status: 'failed', verdict: null }, false],
  [{ label: 'normal', status: 'pending' }, null],
  [{ label: null, verdict: 'normal' }, null],
] as const)('%j: %s', (fields, right) => {
  expect(isRight(one(fields))).toBe(right)
})

test('filters', () => {
  const cases = [
    one({ position: 0, label: 'normal', verdict: 'abnormal' }),
    one({ position: 1, label: 'normal', verdict: 'normal' }),
    one({ position: 2, status: 'failed' }),
  ]
  const shown = (filter: Parameters<typeof casesShown>[1]) => casesShown(cases, filter).map(({ position }) => position)
  expect([shown('all'), shown('wrong'), shown('abnormal'), shown('failed')]).toEqual([[0, 1, 2], [0], [0], [2]])
})

test('figures', () => {
  expect([percent(0.9146), percent(1), percent(null)]).toEqual(['91.5 %', '100 %', '–'])
  expect([milliseconds(12.4), milliseconds(1530)]).toEqual(['12 ms', '1.5 s'])
})
