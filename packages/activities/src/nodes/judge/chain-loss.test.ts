import type { Evidence } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'
import type { ChainLossOutput } from './chain-loss-output.ts'

const onset = asOf - 4 * minute
const host = (name: string, at: MemorySeries['at']): MemorySeries => ({
  dimensions: { zone: name.endsWith('a') ? 'A' : 'B', host: name },
  at,
})
const healthy = { attempts: [host('pay-a', wobbling(250, 0)), host('pay-b', wobbling(250, 0))], good: wobbling(240, 0) }

function judge(options: {
  a?: MemorySeries['at']
  b?: MemorySeries['at']
  rate?: MemorySeries['at']
  wait?: MemorySeries['at']
}) {
  const series = {
    'market.orders': [{ at: wobbling(500) }],
    'pay.attempts': healthy.attempts,
    'pay.succeeded': [host('pay-a', options.a ?? healthy.good), host('pay-b', options.b ?? healthy.good)],
    'pay.rate': [{ at: options.rate ?? wobbling(0.96, 0.003) }],
    'db.wait': [{ at: options.wait ?? wobbling(0.002) }],
  }
  return runNode('judge.chain-loss', { chain: 'buy' }, readContext({ data: memoryData({ series }), asOf }))
}

test('nothing lost: none, with a waterfall and the topology', async () => {
  const result = await judge({})
  expect(result).toMatchObject({
    outcome: 'none',
    output: { step: null, localised: null, lostPerMinute: 0, since: null },
  })
  expect(result.evidence?.map(({ kind }) => kind)).toEqual(['waterfall', 'series', 'series', 'topology'])
})

test('one host fails: the step, the host, its zone, the onset, and what is lost per minute', async () => {
  const result = await judge({ a: changed(onset, 240, 180), rate: changed(onset, 0.96, 0.84) })
  const output = result.output as ChainLossOutput
  expect(result.outcome).toBe('found')
  expect(output).toMatchObject({
    step: 'pay',
    entity: 'pay',
    owner: 'payments',
    localised: { zone: 'A', hosts: ['pay-a'], healthyZone: 'B' },
  })
  expect(output.lostPerMinute).toBeGreaterThan(50)
  expect(output.lostPerMinute).toBeLessThan(70)
  expect(Math.abs(Date.parse(output.since ?? '') - onset)).toBeLessThanOrEqual(minute)
  const sum = output.parts.reduce((total, { change }) => total + change, 0)
  expect(sum).toBeCloseTo((output.actual ?? 0) - (output.expected ?? 0), 6)
  expect(result.hypotheses?.find(({ key }) => key === 'dependency:db')).toMatchObject({ likelihood: 0 })
})

test('all hosts fail and the database waits: the dependency, and no place', async () => {
  const fall = changed(onset, 240, 170)
  const result = await judge({ a: fall, b: fall, rate: changed(onset, 0.96, 0.68), wait: changed(onset, 0.002, 0.5) })
  expect(result.outcome).toBe('found')
  expect((result.output as ChainLossOutput).localised).toBeNull()
  const [top] = (result.hypotheses ?? []).toSorted((a, b) => b.likelihood - a.likelihood)
  expect(top).toMatchObject({ key: 'dependency:db', cause: expect.stringContaining('db is abnormal: wait 50') })
})

test('hot is the way from the source to what loses, and on to a dependency only where that is a likely cause', async () => {
  const fall = changed(onset, 240, 170)
  const wait = changed(onset, 0.002, 0.5)
  const whole = await judge({ a: fall, b: fall, rate: changed(onset, 0.96, 0.68), wait })
  expect(hotEdges(whole.evidence)).toEqual(['market > pay', 'pay > db'])
  // One host fails while the database waits: all hosts share it, so it is ruled out.
  const part = await judge({ a: changed(onset, 240, 100), rate: changed(onset, 0.96, 0.68), wait })
  expect(part.hypotheses?.find(({ key }) => key === 'dependency:db')?.likelihood).toBeLessThan(0.3)
  expect(hotEdges(part.evidence)).toEqual(['market > pay'])
  expect(hotEdges((await judge({})).evidence)).toEqual([])
})

const hotEdges = (evidence: Evidence[] = []): string[] =>
  evidence.flatMap((one) =>
    one.kind === 'topology' ? one.edges.flatMap(({ from, to, hot }) => (hot ? [`${from} > ${to}`] : [])) : [],
  )

test('all hosts fail and nothing explains it: the step itself, without certainty', async () => {
  const fall = changed(onset, 240, 170)
  const result = await judge({ a: fall, b: fall, rate: changed(onset, 0.96, 0.68) })
  const [top] = (result.hypotheses ?? []).toSorted((a, b) => b.likelihood - a.likelihood)
  expect(top?.key).toBe('step:pay')
  expect(top?.likelihood).toBeLessThan(0.5)
})

test('the last step without data is inconclusive', async () => {
  const result = await judge({ a: () => null, b: () => null })
  expect(result.outcome).toBe('inconclusive')
  expect(result.verdict?.reasons[0]).toContain('Payment cannot be judged')
})
