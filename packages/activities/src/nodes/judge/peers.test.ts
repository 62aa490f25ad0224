import { expect, test } from 'vitest'
import { asOf, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 8 * minute
const since = new Date(onset).toISOString()
const hosts = ['pay-a', 'pay-b']
/** Requests of each host, and what part of them fails. */
const parts = (failing: (host: string, t: number) => number): Record<string, MemorySeries[]> => {
  const of = (value: (host: string, t: number) => number): MemorySeries[] =>
    hosts.map((host) => ({ dimensions: { host, zone: host === 'pay-a' ? 'A' : 'B' }, at: (t) => value(host, t) }))
  const level = wobbling(240)
  return {
    'pay.attempts': of((_, t) => level(t)),
    'pay.succeeded': of((host, t) => level(t) * (1 - failing(host, t))),
    'pay.rate': of((host, t) => 1 - failing(host, t)),
  }
}
const ask = (series: Record<string, MemorySeries[]>, input: object = { since }) =>
  runNode('judge.peers', { entity: 'pay', ...input }, readContext({ data: memoryData({ series }), asOf }))

test('the host that fails is found, with its place and when it began', async () => {
  const result = await ask(parts((host, t) => (host === 'pay-b' && t > onset ? 0.3 : 0.04)))
  expect(result).toMatchObject({
    outcome: 'found',
    output: { entity: 'pay', since, owner: 'payments', localised: { hosts: ['pay-b'], zone: 'B', healthyZone: 'A' } },
  })
  expect(result.hypotheses?.[0]?.likelihood).toBeGreaterThan(0.5)
})

test('without a time it compares with the day before, and finds when it began', async () => {
  const result = await ask(
    parts((host, t) => (host === 'pay-b' && t > onset ? 0.3 : 0.04)),
    {},
  )
  expect(result.outcome).toBe('found')
  const began = (result.output as { since: string }).since
  expect(Math.abs(Date.parse(began) - onset)).toBeLessThanOrEqual(2 * minute)
})

test('a host is compared within its service', async () => {
  const result = await ask(
    parts((host, t) => (host === 'pay-b' && t > onset ? 0.3 : 0.04)),
    { entity: 'pay-a', since },
  )
  expect(result).toMatchObject({ outcome: 'found', output: { entity: 'pay', localised: { hosts: ['pay-b'] } } })
})

test('what fails everywhere alike is no outlier, and the whole is a possible cause', async () => {
  const result = await ask(parts((_, t) => (t > onset ? 0.3 : 0.04)))
  expect(result).toMatchObject({
    outcome: 'alike',
    verdict: { value: 'normal' },
    output: { localised: null, cause: null },
  })
  expect(result.hypotheses?.map(({ key }) => key)).toEqual(['entity:pay', 'part:pay'])
})

test('all as before is alike; a host that always fails more as well', async () => {
  expect((await ask(parts(() => 0.04))).outcome).toBe('alike')
  expect((await ask(parts((host) => (host === 'pay-b' ? 0.2 : 0.04)))).outcome).toBe('alike')
})

test('no data, and too few requests, are inconclusive', async () => {
  expect(await ask({})).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
  const few = Object.fromEntries(
    Object.entries(parts(() => 0.04)).map(([measure, all]) => [
      measure,
      all.map((one) => ({ ...one, at: (t: number) => (one.at(t) ?? 0) / (measure === 'pay.rate' ? 1 : 1000) })),
    ]),
  )
  expect((await ask(few)).outcome).toBe('inconclusive')
})

test('what is not there is an error that says so', async () => {
  await expect(ask({}, { entity: 'nobody' })).rejects.toMatchObject({ code: 'unknown-entity' })
  await expect(ask({}, { since: 'yesterday' })).rejects.toMatchObject({ code: 'bad-input' })
})
