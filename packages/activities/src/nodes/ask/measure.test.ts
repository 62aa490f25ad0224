import type { DataQuery } from '@tenon/data'
import { expect, test } from 'vitest'
import { asOf, memoryData, minute, whole, type MemoryOptions } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const ask = (input: object, options: Partial<MemoryOptions> = {}) =>
  runNode(
    'ask.measure',
    { measure: 'pay.rate', ...input },
    readContext({ data: memoryData({ series, ...options }), asOf }),
  )

/** 0.9 in A and 0.7 in B; payments fall from 60 to 30 a minute five minutes ago. */
const series: MemoryOptions['series'] = {
  'pay.rate': [
    { dimensions: { zone: 'A' }, at: () => 0.9 },
    { dimensions: { zone: 'B' }, at: () => 0.7 },
  ],
  'pay.succeeded': [{ at: (t) => (t > asOf - 5 * minute ? 30 : 60) }],
  'db.wait': [{ at: () => null }],
}

test('the newest value, and the series as evidence with its query', async () => {
  const result = await ask({ where: { zone: 'A' } })
  expect(result).toMatchObject({
    outcome: 'has-data',
    summary: 'Success rate (A): 90.0 %',
    output: { value: 0.9, groups: [], completeness: 1, freshnessSeconds: 10, notes: [] },
  })
  const [evidence] = result.evidence ?? []
  expect(evidence).toMatchObject({ kind: 'series', queries: [{ source: 's', expression: 'pay.rate' }] })
})

test.each([
  ['latest', 30],
  ['avg', 50],
  ['max', 60],
  ['min', 30],
  ['total', 750],
])('%s of the window is %d', async (aggregate, value) => {
  const { output } = await ask({ measure: 'pay.succeeded', aggregate, window: '15m' })
  expect(output).toMatchObject({ value })
})

test('the window is asked in whole steps that end now', async () => {
  const asked: DataQuery[] = []
  await ask({ window: '15m' }, { onQuery: (query) => asked.push(query) })
  await ask({ window: '1s' }, { onQuery: (query) => asked.push(query) })
  await ask({ window: '30d' }, { onQuery: (query) => asked.push(query) })
  expect(asked[0]).toMatchObject({ from: asOf - 15 * minute + 15_000, to: asOf, stepSeconds: 15, asOf })
  expect(asked[1]).toMatchObject({ from: asOf, to: asOf })
  expect(asked[2]!.stepSeconds).toBe(21_600)
})

test('groups come highest first', async () => {
  const result = await ask({ groupBy: ['zone'] })
  expect(result.summary).toBe('Success rate: A 90.0 %, B 70.0 %')
  expect(result.output).toMatchObject({
    value: 0.9,
    groups: [
      { dimensions: { zone: 'A' }, value: 0.9 },
      { dimensions: { zone: 'B' }, value: 0.7 },
    ],
  })
  expect(result.evidence?.[0]).toMatchObject({ series: [{ name: 'A' }, { name: 'B' }] })
})

test('no data is an outcome of its own, never zero', async () => {
  const result = await ask({ measure: 'db.wait', aggregate: 'max' })
  expect(result).toMatchObject({ outcome: 'no-data', summary: 'Wait: no data', output: { value: null } })
  expect(await ask({ measure: 'market.orders', groupBy: ['kind'] })).toMatchObject({
    outcome: 'no-data',
    output: { value: null, groups: [] },
  })
})

test('what is missing is said beside the value', async () => {
  const quality = { ...whole, completeness: 0.5, freshnessSeconds: 900, notes: ['pay-b: no samples since 13:45 UTC'] }
  const result = await ask({}, { quality })
  expect(result.summary).toBe('Success rate: 80.0 % (50.0 % of the data, 15 min old)')
  expect(result.output).toMatchObject({ completeness: 0.5, notes: quality.notes })
  expect(result.evidence?.[0]).toMatchObject({ subtitle: 'pay-b: no samples since 13:45 UTC' })
})

test('what cannot be asked says so', async () => {
  await expect(ask({ measure: 'pay.rates' })).rejects.toMatchObject({
    code: 'unknown-measure',
    fix: 'Did you mean "pay.rate"?',
  })
  await expect(ask({ aggregate: 'total' })).rejects.toMatchObject({ code: 'bad-input' })
})
