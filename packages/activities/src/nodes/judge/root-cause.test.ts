import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 8 * minute
const since = new Date(onset).toISOString()

function judge(options: { rate?: MemorySeries['at']; wait?: MemorySeries['at']; input?: Record<string, unknown> }) {
  const series = {
    'pay.attempts': [{ at: wobbling(500, 0.05) }],
    'pay.succeeded': [{ at: wobbling(480, 0.05) }],
    'pay.rate': [{ at: options.rate ?? wobbling(0.96, 0.003) }],
    'db.wait': [{ at: options.wait ?? wobbling(0.002, 0.1) }],
  }
  const ctx = readContext({ data: memoryData({ series }), asOf })
  return runNode('judge.root-cause', { entity: 'pay', ...options.input }, ctx)
}

test('as expected: nothing to follow', async () => {
  const result = await judge({})
  expect(result).toMatchObject({ outcome: 'none', verdict: { value: 'normal' }, output: { suspect: 'pay' } })
})

test('it fails while its database waits: the database, with the hot way to it', async () => {
  const result = await judge({ rate: changed(onset, 0.96, 0.7), wait: changed(onset, 0.002, 0.5) })
  expect(result).toMatchObject({
    outcome: 'found',
    output: { entity: 'db', suspect: 'db', symptom: 'errors' },
    verdict: { value: 'abnormal' },
  })
  const [topology] = result.evidence ?? []
  expect(topology).toMatchObject({ kind: 'topology', edges: [{ from: 'pay', to: 'db', hot: true }] })
  const [top] = (result.hypotheses ?? []).toSorted((a, b) => b.likelihood - a.likelihood)
  expect(top).toMatchObject({ kind: 'dependency', key: 'dependency:db' })
})

test('it fails and its database is well: it itself, and the database is ruled out with a reason', async () => {
  const result = await judge({ rate: changed(onset, 0.96, 0.7), input: { since } })
  expect(result).toMatchObject({ outcome: 'found', output: { entity: 'pay', since } })
  const database = result.hypotheses?.find(({ key }) => key === 'dependency:db')
  expect(database).toMatchObject({ likelihood: 0 })
  expect(database?.against).not.toEqual([])
})

test('an entity without a share of failures or a latency is inconclusive', async () => {
  const ctx = readContext({ data: memoryData({ series: {} }), asOf })
  const result = await runNode('judge.root-cause', { entity: 'market' }, ctx)
  expect(result).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('no data is inconclusive, never normal', async () => {
  const result = await judge({ rate: () => null })
  expect(result).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('an unknown entity is refused', async () => {
  await expect(judge({ input: { entity: 'nowhere' } })).rejects.toMatchObject({ code: 'unknown-entity' })
})
