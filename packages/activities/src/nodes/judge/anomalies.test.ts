import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, whole, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 6 * minute
const hosts = ['pay-a', 'pay-b', 'pay-c', 'pay-d']
const rates = (odd: (host: string) => (t: number) => number | null): MemorySeries[] =>
  hosts.map((host) => ({ dimensions: { host, zone: host.slice(4) }, at: odd(host) }))
const fine = () => wobbling(0.96, 0.002)
const attempts: MemorySeries[] = [{ at: wobbling(480) }]
const ask = (series: Record<string, MemorySeries[]>, input: object, quality = whole) =>
  runNode('judge.anomalies', input, readContext({ data: memoryData({ series, quality }), asOf }))

test('one host of several is found, with when it began', async () => {
  const series = { 'pay.rate': rates((host) => (host === 'pay-b' ? changed(onset, 0.96, 0.7) : fine())) }
  const result = await ask(series, { measures: ['pay.rate'], groupBy: ['host'] })
  expect(result).toMatchObject({
    outcome: 'abnormal',
    output: { judged: 4, unseen: 0, abnormal: [{ measure: 'pay.rate', group: { host: 'pay-b' } }] },
  })
  const { since, headline } = result.output as { since: string; headline: string }
  expect(Math.abs(Date.parse(since) - onset)).toBeLessThanOrEqual(2 * minute)
  expect(headline).toMatch(/^Success rate \(pay-b, b\) is 7\d\.\d %, expected 9\d\.\d %$|^Success rate \(pay-b, b\)/)
})

test('an entity is judged by what tells how it is', async () => {
  const series = { 'pay.attempts': attempts, 'pay.rate': rates(() => changed(onset, 0.96, 0.7)) }
  const result = await ask(series, { entity: 'pay' })
  expect(result).toMatchObject({
    outcome: 'abnormal',
    output: { entity: 'pay', owner: 'payments', judged: 2, abnormal: [{ measure: 'pay.rate', aspect: 'errors' }] },
  })
  // As much traffic as ever: that is not why.
  expect(result.hypotheses).toMatchObject([{ key: 'surge:pay', likelihood: 0 }])
})

test('more traffic than usual is no fault, but may be why something else is', async () => {
  const surge = { 'pay.attempts': [{ at: changed(onset, 480, 800) }], 'pay.rate': rates(fine) }
  expect(await ask(surge, { entity: 'pay' })).toMatchObject({ outcome: 'normal', hypotheses: [] })
  const harmed = { ...surge, 'pay.rate': rates(() => changed(onset, 0.96, 0.7)) }
  expect((await ask(harmed, { entity: 'pay' })).hypotheses).toMatchObject([{ key: 'surge:pay', likelihood: 0.55 }])
})

test('all as expected is normal', async () => {
  const series = { 'pay.attempts': attempts, 'pay.rate': rates(fine) }
  expect(await ask(series, { entity: 'pay' })).toMatchObject({
    outcome: 'normal',
    summary: 'Attempts and success rate are as expected',
  })
})

test.each([
  ['nothing', {}, whole],
  ['only gaps', { 'pay.rate': rates(() => () => null) }, whole],
  [
    'old data',
    { 'pay.rate': rates(() => (t: number) => (t > asOf - 20 * minute ? null : 0.96)) },
    { ...whole, freshnessSeconds: 1200 },
  ],
  ['half of the data', { 'pay.rate': rates(fine) }, { ...whole, completeness: 0.5 }],
])('%s is inconclusive, never normal', async (_, series: Record<string, MemorySeries[]>, quality) => {
  const result = await ask(series, { measures: ['pay.rate'] }, quality)
  expect(result).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
  expect(result.verdict?.reasons[0]).toBeTruthy()
})

test('one of many that is hardly odd is normal: by chance some are', async () => {
  const many = Array.from({ length: 60 }, (_, index) => `h-${index}`)
  const at = (odd: number): MemorySeries[] =>
    many.map((host, index) => ({
      dimensions: { host },
      at: index === 7 ? changed(onset, 0.96, odd) : wobbling(0.96, 0.03),
    }))
  const clear = await ask({ 'pay.rate': at(0.6) }, { measures: ['pay.rate'], groupBy: ['host'] })
  expect((clear.output as { abnormal: object[] }).abnormal).toHaveLength(1)
  const hardly = await ask({ 'pay.rate': at(0.94) }, { measures: ['pay.rate'], groupBy: ['host'] })
  expect(hardly.outcome).toBe('normal')
})

test('an entity of which nothing is measured is inconclusive', async () => {
  const result = await ask({}, { entity: 'market', aspects: ['latency'] })
  expect(result).toMatchObject({ outcome: 'inconclusive', summary: 'The model has nothing to judge here' })
})

test('what is not there is an error that says so', async () => {
  await expect(ask({}, { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
  await expect(ask({}, { measures: ['pay.nothing'] })).rejects.toMatchObject({ code: 'unknown-measure' })
  await expect(ask({}, {})).rejects.toMatchObject({ code: 'bad-input' })
})
