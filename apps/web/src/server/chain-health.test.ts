import type { DataService } from '@tenon/data'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createChainHealth } from './chain-health.ts'

/** A model of one chain whose source does what the test says. */
function world(answer: () => Promise<never>) {
  const steps = ['order', 'pay'].map((id) => ({ id, title: id, entity: id, measure: 'shop.done' }))
  const chains = [{ id: 'card', title: 'Card payment', owner: 'payments', steps }]
  const calls = { data: 0 }
  const service = { model: { chains, entities: [], tables: {}, relations: [] }, data: answer }
  const health = createChainHealth({
    data: async () => {
      calls.data += 1
      // The test's own: only what judging a chain asks for.
      return service as unknown as DataService
    },
  })
  return { calls, health }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const down = () =>
  Promise.reject(
    Object.assign(new Error('The store does not answer.'), {
      name: 'DataError',
      code: 'source-unreachable',
      fix: 'Check that it runs.',
    }),
  )

test('a chain whose source is down is inconclusive with the reason, and its numbers are not known', async () => {
  const { chains } = await world(down).health.get()
  expect(chains).toHaveLength(1)
  expect(chains[0]).toMatchObject({
    id: 'card',
    verdict: { value: 'inconclusive', quality: { completeness: 0, freshnessSeconds: null } },
    problem: { fix: expect.any(String) },
    actual: null,
    expected: null,
    lostPerMinute: null,
    worstStep: null,
    spark: [],
  })
  expect(chains[0]?.verdict.reasons).toEqual([chains[0]?.problem?.message])
})

test('many who look make one judgement, which counts for ten seconds', async () => {
  const { calls, health } = world(down)
  const [first, second] = await Promise.all([health.get(), health.get(), health.get()])
  expect(calls.data).toBe(1)
  expect(second).toEqual(first)
  vi.setSystemTime(Date.now() + 9_999)
  await health.get()
  expect(calls.data).toBe(1)
  vi.setSystemTime(Date.now() + 2)
  await health.get()
  expect(calls.data).toBe(2)
})

test('a judgement that failed as a whole is told, and tried again at the next look', async () => {
  let model: () => Promise<DataService> = () => Promise.reject(new Error('The model cannot be read.'))
  const service = { model: { chains: [] } } as unknown as DataService
  const health = createChainHealth({
    data: () => model(),
  })
  await expect(health.get()).rejects.toThrow('The model cannot be read.')
  model = async () => service
  expect(await health.get()).toMatchObject({ chains: [] })
})
