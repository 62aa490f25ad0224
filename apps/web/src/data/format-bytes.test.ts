import { expect, it } from 'vitest'
import { formatBytes } from './format-bytes.ts'

it.each([
  [0, '0 B'],
  [640, '640 B'],
  [1_200_000, '1.2 MB'],
  [4_000_000_000, '4 GB'],
  [64 * 1024 ** 3, '69 GB'],
  [5e15, '5000 TB'],
])('%d is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
