import { expect, test } from 'vitest'
import { asOf, changed, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const onset = asOf - 10 * minute
const since = new Date(onset).toISOString()
const group = (zone: string, host: string, at: MemorySeries['at']): MemorySeries => ({
  dimensions: { zone, host },
  at,
})
const hosts = ['pay-a-1', 'pay-a-2', 'pay-b-1', 'pay-b-2']
const zoneOf = (host: string) => (host.includes('-a-') ? 'A' : 'B')
/** Each host takes 250 a minute, of which `ok(host)` succeed. */
function judge(ok: (host: string) => MemorySeries['at'], input: Record<string, unknown> = {}) {
  const series = {
    'pay.attempts': hosts.map((host) => group(zoneOf(host), host, wobbling(250, 0))),
    'pay.succeeded': hosts.map((host) => group(zoneOf(host), host, ok(host))),
  }
  const ctx = readContext({ data: memoryData({ series }), asOf })
  return runNode('judge.localise-dimensions', { measure: 'pay.rate', since, ...input }, ctx)
}

const well = () => wobbling(242, 0)

test('one zone fails on all its hosts: the zone, with a table, a course and why', async () => {
  const result = await judge((host) => (zoneOf(host) === 'A' ? changed(onset, 242, 190) : well()))
  expect(result).toMatchObject({
    outcome: 'found',
    output: { status: 'located', entity: 'pay', since, places: [{ where: { zone: 'A' } }] },
    verdict: { value: 'abnormal' },
  })
  expect(result.hypotheses?.[0]).toMatchObject({ kind: 'dimension', key: 'dimension:pay.rate:zone=A', against: [] })
  expect(result.evidence?.map(({ kind }) => kind)).toEqual(['table', 'series'])
})

test('one host fails: the host, not its zone', async () => {
  const result = await judge((host) => (host === 'pay-b-2' ? changed(onset, 242, 120) : well()))
  expect(result.output).toMatchObject({ places: [{ where: { host: 'pay-b-2' } }] })
})

test('all fail alike: spread, and no place is named', async () => {
  const result = await judge(() => changed(onset, 242, 190))
  expect(result).toMatchObject({ outcome: 'spread', output: { headline: null } })
})

test('nothing changed: none', async () => {
  const result = await judge(well)
  expect(result).toMatchObject({ outcome: 'none', verdict: { value: 'normal' }, hypotheses: [] })
})

test('a count is compared with what it usually is: the host that lost its traffic', async () => {
  const series = {
    'pay.attempts': hosts.map((host) =>
      group(zoneOf(host), host, host === 'pay-a-1' ? changed(onset, 250, 90) : wobbling(250)),
    ),
  }
  const ctx = readContext({ data: memoryData({ series }), asOf })
  const result = await runNode('judge.localise-dimensions', { measure: 'pay.attempts', since }, ctx)
  expect(result).toMatchObject({ outcome: 'found', output: { places: [{ where: { host: 'pay-a-1' } }] } })
})

test('what cannot be summed, or has no events, is inconclusive and says why', async () => {
  const ctx = readContext({ data: memoryData({ series: {} }), asOf })
  const gauge = await runNode('judge.localise-dimensions', { measure: 'db.wait' }, ctx)
  expect(gauge.outcome).toBe('inconclusive')
  expect(gauge.summary).toContain('cannot be summed')
  const empty = await runNode('judge.localise-dimensions', { measure: 'pay.rate' }, ctx)
  expect(empty).toMatchObject({ outcome: 'inconclusive', verdict: { value: 'inconclusive' } })
})

test('a dimension that the measure does not have is refused with those that it has', async () => {
  const failure = judge(well, { dimensions: ['colour'] })
  await expect(failure).rejects.toMatchObject({ code: 'bad-input', fix: 'Choose of zone, host.' })
})
