import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, whole, wobbling } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const judge = (data: ReturnType<typeof memoryData>, input: object = {}) =>
  runNode('judge.anomaly', { measure: 'market.orders', ...input }, readContext({ data, asOf }))

test('as usual is normal, with a band and the query that reproduces it', async () => {
  const result = await judge(memoryData({ series: { 'market.orders': [{ at: wobbling(500) }] } }))
  expect(result).toMatchObject({ outcome: 'normal', output: { verdict: 'normal', since: null, unit: 'orders/min' } })
  const [chart] = result.evidence ?? []
  if (chart?.kind !== 'series') throw new Error('no chart')
  expect(chart.band?.length).toBeGreaterThan(50)
  expect(chart.queries?.[0]).toMatchObject({ source: 's', expression: 'market.orders' })
})

test('a fall four minutes old is abnormal since then, by as much as it fell', async () => {
  const onset = asOf - 4 * minute
  const result = await judge(memoryData({ series: { 'market.orders': [{ at: changed(onset, 500, 350) }] } }))
  expect(result.outcome).toBe('abnormal')
  const output = result.output as { deviation: number; since: string }
  expect(output.deviation).toBeCloseTo(-0.3, 1)
  expect(Math.abs(Date.parse(output.since) - onset)).toBeLessThanOrEqual(minute)
  expect(result.summary).toMatch(/Orders is \d+\.\d % below expected/)
})

test('a fall that is older than the hour looked at is abnormal, and nobody pretends to know since when', async () => {
  const data = memoryData({ series: { 'market.orders': [{ at: changed(asOf - 90 * minute, 500, 350) }] } })
  expect(await judge(data)).toMatchObject({ outcome: 'abnormal', output: { since: null } })
})

test('no data is inconclusive, never normal', async () => {
  const quality = { completeness: 0, freshnessSeconds: null, notes: ['pay-a: no samples'] }
  const result = await judge(memoryData({ series: {}, quality }))
  expect(result).toMatchObject({ outcome: 'inconclusive', output: { actual: null } })
  expect(result.verdict?.reasons.join()).toContain('pay-a: no samples')
})

test('old data is inconclusive, though its values look well', async () => {
  const quality = { ...whole, freshnessSeconds: 900 }
  const result = await judge(memoryData({ series: { 'market.orders': [{ at: wobbling(500) }] }, quality }))
  expect(result.outcome).toBe('inconclusive')
})

test('filters reach the source', async () => {
  const filters: unknown[] = []
  const series = {
    'pay.attempts': [
      { dimensions: { zone: 'A' }, at: wobbling(300) },
      { dimensions: { zone: 'B' }, at: wobbling(900) },
    ],
  }
  const data = memoryData({ series, onQuery: ({ where }) => filters.push(where) })
  const result = await judge(data, { measure: 'pay.attempts', where: { zone: 'A' } })
  expect(filters).toEqual([{ zone: 'A' }, { zone: 'A' }])
  expect((result.output as { actual: number }).actual).toBeGreaterThan(280)
  expect((result.output as { actual: number }).actual).toBeLessThan(320)
})

test('a measure that the model lacks is an error that names what exists', async () => {
  const failed = judge(memoryData({ series: {} }), { measure: 'pay.speed' })
  await expect(failed).rejects.toMatchObject({ code: 'unknown-measure', fix: expect.stringContaining('pay.attempts') })
})
