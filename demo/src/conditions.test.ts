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
