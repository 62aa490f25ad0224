import { expect, test } from 'vitest'
import { boundState, boundWords, onBreachWords, parseWhere, pushedOf, readingOf, whereWords } from './breaker-words.ts'

const bound = { measure: 'payment.success-rate', where: { zone: 'B', host: 'h' }, minimum: 0.98, maximum: null }

test('no data is never inside', () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
    expect(boundState(bound, value)).toBe('no-data')
  expect(boundState(bound, 0.98)).toBe('inside')
  expect(boundState(bound, 0.9799)).toBe('outside')
  expect(boundState({ ...bound, minimum: null, maximum: 0.5 }, 0.6)).toBe('outside')
})

test('bounds in the unit of their measure', () => {
  expect(boundWords(bound, 'ratio')).toBe('at least 98.0 %')
  expect(boundWords({ ...bound, minimum: null, maximum: 0.8 }, 's')).toBe('at most 800 ms')
  expect(boundWords({ ...bound, minimum: 10, maximum: 20 }, 'rps')).toBe('10 rps to 20 rps')
})

test('what is filtered by is written and read back', () => {
  expect(parseWhere(whereWords(bound.where))).toEqual(bound.where)
  expect(parseWhere(' zone=B,  host=h')).toEqual(bound.where)
  expect(parseWhere('')).toEqual({})
  for (const text of ['zone', '=B', 'zone=', 'zone=A zone=B']) expect(parseWhere(text)).toBeNull()
})

test('a reading belongs to a bound by its measure and its filter', () => {
  const reading = { measure: bound.measure, title: null, unit: 'ratio', value: 0.99, at: null }
  const other = { host: 'h', zone: 'B' }
  expect(readingOf([{ ...reading, where: {} }], bound)).toBeNull()
  expect(readingOf([{ ...reading, where: other }], bound)?.value).toBe(0.99)
  expect(pushedOf({ pushed: [] }, bound)).toBeNull()
})

test('what is done is told', () => {
  expect(onBreachWords({ kind: 'stop-writes', scope: 'all' })).toBe('all writes are stopped')
  expect(onBreachWords({ kind: 'revert', scope: 'kind:scale' })).toBe('what is in effect of kind “Scale” is put back')
})
