import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, whole, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 8 * minute
/** The wait of the database stands in for a gauge with a limit. */
const ask = (at: (t: number) => number | null, input: object = {}, quality = whole) => {
  const series: Record<string, MemorySeries[]> = { 'db.wait': [{ at }] }
  const given = { entity: 'db', measure: 'db.wait', limit: 20, ...input }
  return runNode('judge.capacity', given, readContext({ data: memoryData({ series, quality }), asOf }))
}

test('at its limit, which is not usual, is full', async () => {
  const result = await ask(changed(onset, 8, 20))
  expect(result).toMatchObject({
    outcome: 'full',
    verdict: { value: 'abnormal' },
    output: { entity: 'db', limits: [{ state: 'full', measure: 'db.wait' }] },
  })
  expect(result.hypotheses).toMatchObject([{ key: 'capacity:db', kind: 'capacity', likelihood: 0.9 }])
})

test('rising, and full within the horizon, is filling and says when', async () => {
  const begin = asOf - 80 * minute
  const usual = wobbling(6, 0.02)
  const result = await ask((t) => usual(t) + Math.max(0, (t - begin) / (80 * minute)) * 8)
  expect(result).toMatchObject({ outcome: 'filling', verdict: { value: 'abnormal' } })
  const { limits } = result.output as { limits: { secondsToFull: number }[] }
  expect(limits[0]?.secondsToFull).toBeGreaterThan(20 * 60)
  expect(limits[0]?.secondsToFull).toBeLessThan(3 * 3600)
})

test('headroom as usual is normal, and so is what is always near its limit', async () => {
  expect(await ask(wobbling(8))).toMatchObject({ outcome: 'normal', hypotheses: [{ likelihood: 0 }] })
  expect(await ask(wobbling(19.6, 0.001))).toMatchObject({ outcome: 'normal' })
})

test.each([
  ['nothing', () => null, whole],
  ['old data', (t: number) => (t > asOf - 30 * minute ? null : 8), { ...whole, freshnessSeconds: 1800 }],
  ['half of the data', wobbling(8), { ...whole, completeness: 0.5 }],
])('%s is inconclusive', async (_, at, quality) => {
  expect(await ask(at, {}, quality)).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('an entity without a limit is inconclusive and says so', async () => {
  const result = await ask(wobbling(8), { entity: 'pay', measure: '', limit: null })
  expect(result).toMatchObject({ outcome: 'inconclusive', output: { limits: [] } })
  expect(result.summary).toBe('The model knows no limit of pay or of what it depends on')
})

test('what is not there is an error', async () => {
  await expect(ask(wobbling(8), { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
  await expect(ask(wobbling(8), { measure: 'db.nothing' })).rejects.toMatchObject({ code: 'unknown-measure' })
})
