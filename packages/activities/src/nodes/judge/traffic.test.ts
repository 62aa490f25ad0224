import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, whole, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 10 * minute
const series = (
  attempts: (t: number) => number | null,
  failing: (t: number) => number,
): Record<string, MemorySeries[]> => ({
  'market.orders': [{ at: attempts }],
  'pay.attempts': [{ at: attempts }],
  'pay.succeeded': [
    {
      at: (t) => {
        const all = attempts(t)
        return all === null ? null : all * (1 - failing(t))
      },
    },
  ],
  'pay.rate': [{ at: (t) => 1 - failing(t) }],
})
const ask = (given: Record<string, MemorySeries[]>, quality = whole, entity = 'pay') =>
  runNode(
    'judge.traffic',
    { entity, window: '30m' },
    readContext({ data: memoryData({ series: given, quality }), asOf }),
  )
const usual = () => 0.04

test('enough traffic that fails as usual is enough', async () => {
  expect(await ask(series(wobbling(480), usual))).toMatchObject({
    outcome: 'enough',
    verdict: { value: 'normal' },
    output: { needs: null },
  })
})

test('more failures than chance explains are told, however short they last', async () => {
  const result = await ask(series(wobbling(480), (t) => (t > onset ? 0.2 : 0.04)))
  expect(result).toMatchObject({ outcome: 'failing', verdict: { value: 'abnormal' }, output: { entity: 'pay' } })
  expect(result.summary).toMatch(/^\d+ of \d+ requests of pay failed \(\d+\.\d %, usual 4\.0 %\)$/)
})

test('a few failures among few requests cannot be told; it says how many more are needed', async () => {
  const result = await ask(
    series(
      (t) => (t > asOf - 40 * minute ? 0.4 : 480),
      (t) => (t > asOf - 40 * minute ? 0.1 : 0.04),
    ),
  )
  expect(result).toMatchObject({ outcome: 'too-few', verdict: { value: 'inconclusive' } })
  expect(result.verdict?.reasons[0]).toMatch(/^Only \d+ requests of pay.*: about \d+ more events are needed to tell$/)
})

test('less traffic that is well comes from the callers', async () => {
  const result = await ask(series(changed(onset, 480, 280), usual))
  expect(result).toMatchObject({ outcome: 'less', verdict: { value: 'abnormal' } })
  expect(result.hypotheses).toMatchObject([{ key: 'source:market', likelihood: 0.85 }])
})

test.each([
  ['nothing', {}, whole],
  ['only gaps', series(() => null, usual), whole],
  ['no day before', series((t) => (t > asOf - 35 * minute ? 480 : null), usual), whole],
  ['half of the data', series(wobbling(480), usual), { ...whole, completeness: 0.5 }],
])('%s is inconclusive', async (_, given: Record<string, MemorySeries[]>, quality) => {
  expect(await ask(given, quality)).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('what is not measured is inconclusive, what is not there an error', async () => {
  expect(await ask({}, whole, 'db')).toMatchObject({ outcome: 'inconclusive' })
  await expect(ask({}, whole, 'nobody')).rejects.toMatchObject({ code: 'unknown-entity' })
})
