import { expect, test } from 'vitest'
import { emptyBound, readBound } from './bound-draft.ts'

const typed = { ...emptyBound, measure: ' payment.success-rate ', where: 'zone=B', minimum: '0.98' }

test('a bound is read as typed', () => {
  expect(readBound(typed)).toEqual({
    bound: { measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null, source: 'model' },
  })
  expect(readBound({ ...typed, pushed: true, minimum: '', maximum: '-1.5' })).toMatchObject({
    bound: { source: 'pushed', minimum: null, maximum: -1.5 },
  })
})

test('what is wrong is said', () => {
  const problemOf = (change: Partial<typeof typed>) => JSON.stringify(readBound({ ...typed, ...change }))
  expect(problemOf({ measure: '' })).toContain('Choose a measure')
  expect(problemOf({ measure: '', pushed: true })).toContain('Name the measure')
  expect(problemOf({ where: 'zone' })).toContain('zone=B')
  expect(problemOf({ minimum: 'much' })).toContain('as numbers')
  expect(problemOf({ minimum: '' })).toContain('or both')
  expect(problemOf({ maximum: '0.5' })).toContain('above the maximum')
})
