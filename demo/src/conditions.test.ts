import { expect, test } from 'vitest'
import { conditionsUnder } from './conditions.ts'
import { describeFault, faultKind, FAULTS } from './fault-kinds.ts'
import { BAD_CHANGE_HOSTS, HOSTS } from './world.ts'

const healthy = { version: 'v1', extraErrors: 0, hanging: 0, slowed: false, scraped: true }
const touched = (conditions: ReturnType<typeof conditionsUnder>) =>
  HOSTS.filter((host) => JSON.stringify(conditions.host(host)) !== JSON.stringify(healthy)).map(({ id }) => id)

test('without faults every host is healthy', () => {
  const conditions = conditionsUnder([])
  expect(conditions).toMatchObject({ normalOrders: 1, loadTestOrders: 0, databaseStarved: 0 })
  expect(touched(conditions)).toEqual([])
})

test('bad-change touches the three payment hosts of zone A', () => {
  const conditions = conditionsUnder([{ kind: 'bad-change', severity: 0.25 }])
  expect(touched(conditions)).toEqual(['pay-a-1', 'pay-a-2', 'pay-a-3'])
  expect(touched(conditions)).toEqual(BAD_CHANGE_HOSTS)
})

test('zone-latency touches all of zone A and nothing of zone B', () => {
  const conditions = conditionsUnder([{ kind: 'zone-latency', severity: 0.15 }])
  expect(touched(conditions)).toEqual(HOSTS.filter(({ zone }) => zone === 'A').map(({ id }) => id))
})

test('error-burst touches every host of one service, or the hosts that it names', () => {
  const whole = conditionsUnder([{ kind: 'error-burst', severity: 0.2 }])
  expect(touched(whole)).toEqual(HOSTS.filter(({ service }) => service === 'cashier-render').map(({ id }) => id))
  const one = conditionsUnder([{ kind: 'error-burst', severity: 0.2, hosts: ['stock-b-1'] }])
  expect(touched(one)).toEqual(['stock-b-1'])
})

test('slow-host touches one host, slow-dependency every host of risk', () => {
  expect(touched(conditionsUnder([{ kind: 'slow-host', severity: 0.15 }]))).toEqual(['trade-b-2'])
  const risk = HOSTS.filter(({ service }) => service === 'risk').map(({ id }) => id)
  expect(touched(conditionsUnder([{ kind: 'slow-dependency', severity: 0.3 }]))).toEqual(risk)
})

test('a connection leak grows for 40 minutes and leaves what payments need', () => {
  const since = 1_000_000
  const minute = 60_000
  const leak = (severity: number) => {
    const { leakedConnections } = conditionsUnder([{ kind: 'connection-leak', severity, since }])
    return [0, 20, 40, 400].map((minutes) => leakedConnections(since + minutes * minute))
  }
  expect(leak(0.8)).toEqual([0, 6, 12, 12])
  expect(leak(1)).toEqual([0, 8, 13, 13])
  expect(conditionsUnder([]).leakedConnections(since)).toBe(0)
})

test('two faults on one host fail what either would fail', () => {
  const both = conditionsUnder([
    { kind: 'bad-change', severity: 0.5 },
    { kind: 'error-burst', severity: 0.5, hosts: ['pay-a-1'] },
  ])
  const host = HOSTS.find(({ id }) => id === 'pay-a-1')
  expect(host && both.host(host).extraErrors).toBe(0.75)
})

test('faults at the same time add up', () => {
  const conditions = conditionsUnder([
    { kind: 'source-drop', severity: 0.4 },
    { kind: 'low-traffic', severity: 0.5 },
    { kind: 'db-saturation', severity: 0.3 },
    { kind: 'load-test', severity: 0.6 },
  ])
  expect(conditions).toMatchObject({ normalOrders: 0.3, loadTestOrders: 0.6, databaseStarved: 0.3 })
})

test('each kind is described once, with a severity that can be set', () => {
  expect(FAULTS.map(({ kind }) => kind).toSorted()).toEqual([...faultKind.options].toSorted())
  for (const kind of faultKind.options) {
    expect(describeFault(kind).defaultSeverity).toBeGreaterThan(0)
    expect(describeFault(kind).defaultSeverity).toBeLessThanOrEqual(1)
  }
})
