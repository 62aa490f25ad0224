import { expect, test } from 'vitest'
import { roundsOf, stepIdOf, stepKey, titleOfKey } from './step-key.ts'

test.each([
  ['check', [], 'check', 'Check'],
  ['check', [2], 'check#2', 'Check #2'],
  ['probe', [2, 0], 'probe#2.0', 'Check #2.0'],
])('%s in rounds %j is %s', (id, rounds, key, title) => {
  expect(stepKey(id, rounds)).toBe(key)
  expect(stepIdOf(key)).toBe(id)
  expect(roundsOf(key)).toEqual(rounds)
  expect(titleOfKey(key, 'Check')).toBe(title)
})
