import { expect, test } from 'vitest'
import { nextPath } from './next-path.ts'

test.each([
  [null, '/'],
  ['/runs/1?tab=steps', '/runs/1?tab=steps'],
  ['https://elsewhere.example', '/'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
])('%s leads to %s', (wanted, path) => {
  expect(nextPath(wanted)).toBe(path)
})
