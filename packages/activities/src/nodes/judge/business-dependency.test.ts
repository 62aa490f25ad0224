import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { change } from '../../../test/shop-history.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 5 * minute

const judge = (
  orders: MemorySeries[],
  succeeded: (t: number) => number | null,
  changes = [change('LT-1', 'load-test', onset, { endedAt: null })],
) => {
  const data = memoryData({ series: { 'market.orders': orders, 'pay.succeeded': [{ at: succeeded }] } })
  return runNode('judge.business-dependency', { chain: 'buy' }, readContext({ data, asOf, changes }))
}

test('all as usual is normal', async () => {
  const result = await judge([{ at: wobbling(500) }], wobbling(450))
  expect(result).toMatchObject({ outcome: 'normal', output: { verdict: 'normal', since: null } })
  expect(result.hypotheses?.[0]).toMatchObject({ key: 'source:market', likelihood: 0 })
})

test('less at the source, and the step falls alike: the source is down', async () => {
  const result = await judge([{ at: changed(onset, 500, 300) }], changed(onset, 450, 270))
  expect(result.outcome).toBe('source-down')
  expect(result.summary).toMatch(/^market sends (39|40|41)\.\d % fewer orders$/)
  expect(result.hypotheses?.[0]?.likelihood).toBeGreaterThan(0)
})

test('the source as usual and less at the step: the step is down', async () => {
  const result = await judge([{ at: wobbling(500) }], changed(onset, 450, 380))
  expect(result.outcome).toBe('step-down')
  expect(result.summary).toBe('market is as expected; Payment completes less than comes in')
})

test('more at the source, of the kind load-test, is normal and named', async () => {
  const extra = (t: number) => (t > onset ? 300 : 0)
  const orders = [
    { dimensions: { kind: 'normal' }, at: wobbling(500) },
    { dimensions: { kind: 'load-test' }, at: extra },
  ]
  const result = await judge(orders, changed(onset, 450, 720), [])
  expect(result.outcome).toBe('normal')
  expect(result.hypotheses?.find(({ kind }) => kind === 'load-test')?.supports).toEqual([
    'the surplus is of kind "load-test"',
  ])
})

test('next to nothing left: inconclusive, and how many events are lacking', async () => {
  const result = await judge([{ at: changed(onset, 500, 10) }], changed(onset, 450, 9))
  expect(result.outcome).toBe('inconclusive')
  expect(result.verdict?.reasons[0]).toMatch(
    /^Only \d+ orders in 5 min, 9\d\.\d % fewer than expected: \d+ more events are needed/,
  )
})

test('nothing at all is an outage of the source, not a lack of events', async () => {
  const result = await judge([{ at: (t) => (t > onset ? 0 : wobbling(500)(t)) }], (t) =>
    t > onset ? 0 : wobbling(450)(t),
  )
  expect(result.outcome).toBe('source-down')
})

test('a step without data is inconclusive', async () => {
  const result = await judge([{ at: wobbling(500) }], () => null)
  expect(result.outcome).toBe('inconclusive')
  expect(result.summary).toBe('Cannot judge Payment')
})

test('a chain that the model lacks is an error that names the chains', async () => {
  const data = memoryData({ series: {} })
  const failed = runNode('judge.business-dependency', { chain: 'sell' }, readContext({ data, asOf }))
  await expect(failed).rejects.toMatchObject({ code: 'unknown-chain', fix: 'Choose one of: buy.' })
})
