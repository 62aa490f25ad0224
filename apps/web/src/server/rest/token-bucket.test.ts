import { expect, test } from 'vitest'
import { readRateLimit } from './rate-limit.ts'
import { createTokenBuckets } from './token-bucket.ts'

test('a burst is let through, then so many a second', () => {
  const buckets = createTokenBuckets({ perSecond: 2, burst: 3 })
  const allowed = (at: number): boolean => buckets.spend('a', at).allowed
  expect([0, 0, 0, 0].map(allowed)).toEqual([true, true, true, false])
  expect(buckets.spend('b', 0).allowed).toBe(true)
  expect([400, 500, 500].map(allowed)).toEqual([false, true, false])
  expect(buckets.spend('a', 500)).toMatchObject({ remaining: 0, retryAfterSeconds: 1, resetSeconds: 2 })
  // A clock that goes back gives nothing and takes nothing.
  expect([100, 1_000].map(allowed)).toEqual([false, true])
})

test('memory stays bounded under an attack from many addresses', () => {
  const buckets = createTokenBuckets({ perSecond: 0.001, burst: 1 })
  for (let n = 0; n < 25_000; n += 1) buckets.spend(`address:${n}`, 0)
  expect(buckets.spend('address:24999', 0).allowed).toBe(false)
})

test('the rate is configured, and 0 is no limit', () => {
  expect(readRateLimit({})).toEqual({ perSecond: 100, burst: 200 })
  expect(readRateLimit({ TENON_API_RATE: '0.2' })).toEqual({ perSecond: 0.2, burst: 1 })
  expect(readRateLimit({ TENON_API_RATE: '0' })).toBeNull()
  expect(() => readRateLimit({ TENON_API_RATE: 'many' })).toThrow('TENON_API_RATE')
})
