import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, whole, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 8 * minute
const since = new Date(onset).toISOString()
const wait = (at: (t: number) => number | null): Record<string, MemorySeries[]> => ({ 'db.wait': [{ at }] })
const ask = (series: Record<string, MemorySeries[]>, input: object = {}, quality = whole) =>
  runNode(
    'judge.dependency-health',
    { entity: 'pay', since, ...input },
    readContext({ data: memoryData({ series, quality }), asOf }),
  )

test('the dependency that is abnormal is named, with the way to it', async () => {
  const result = await ask(wait(changed(onset, 0.02, 0.4)))
  expect(result).toMatchObject({
    outcome: 'ill',
    output: { entity: 'db', suspect: 'db', dependencies: [{ entity: 'db', verdict: 'abnormal' }], unchecked: [] },
  })
  expect(result.hypotheses).toMatchObject([{ key: 'dependency:db', likelihood: 0.8 }])
  const topology = result.evidence?.find(({ kind }) => kind === 'topology')
  if (topology?.kind !== 'topology') throw new Error('no topology')
  expect(topology.edges).toEqual([{ from: 'pay', to: 'db', hot: true }])
  expect(topology.nodes.find(({ id }) => id === 'db')).toMatchObject({ verdict: 'abnormal', kind: 'database' })
})

test('one that went wrong only later, or serves all while one place fails, is less likely', async () => {
  const late = await ask(wait(changed(asOf - 3 * minute, 0.02, 0.4)), {
    since: new Date(asOf - 20 * minute).toISOString(),
  })
  expect(late.hypotheses?.[0]?.likelihood).toBeLessThan(0.5)
  expect(late.hypotheses?.[0]?.against).toEqual(['db became abnormal only after it was felt'])
  const place = { entity: 'pay', localised: { hosts: ['pay-a'] }, cause: 'pay fails on 1 of 2 hosts' }
  const placed = await ask(wait(changed(onset, 0.02, 0.4)), { place })
  expect(placed.hypotheses?.[0]?.likelihood).toBeLessThan(0.2)
})

test('as expected is well, and rules it out with figures', async () => {
  const result = await ask(wait(wobbling(0.02)))
  expect(result).toMatchObject({
    outcome: 'well',
    verdict: { value: 'normal' },
    output: { suspect: 'pay', since: null },
  })
  expect(result.hypotheses).toMatchObject([{ key: 'dependency:db', likelihood: 0 }])
})

test('what depends on nothing gives no verdict', async () => {
  const result = await ask({}, { entity: 'db' })
  expect(result).toMatchObject({ outcome: 'none', output: { suspect: 'db', dependencies: [] } })
  expect(result.verdict).toBeUndefined()
})

test.each([
  ['nothing', {}, whole],
  ['only gaps', wait(() => null), whole],
  ['old data', wait((t) => (t > asOf - 30 * minute ? null : 0.02)), { ...whole, freshnessSeconds: 1800 }],
])('%s is inconclusive', async (_, series: Record<string, MemorySeries[]>, quality) => {
  expect(await ask(series, {}, quality)).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('an entity that is not there is an error', async () => {
  await expect(ask({}, { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
})
