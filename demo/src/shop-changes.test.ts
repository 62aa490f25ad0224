import { expect, test } from 'vitest'
import { faultKind } from './fault-kinds.ts'
import { changesThatEnd, changeThatBegan } from './shop-changes.ts'

const since = Date.UTC(2026, 2, 4, 12)
const at = since + 600_000
const fault = (kind: (typeof faultKind.options)[number], changeId: string | null = 'CHG-1') => ({
  kind,
  severity: 0.3,
  since,
  changeId,
})

test('a bad deploy begins before its first failure, names its hosts, and is rolled back by another change', () => {
  const began = changeThatBegan(fault('bad-change'))
  expect(began).toMatchObject({
    id: 'CHG-1',
    kind: 'deploy',
    scope: { entity: 'payment', hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'], version: 'v2' },
  })
  expect(Date.parse(began?.startedAt ?? '')).toBeLessThan(since)
  const ended = changesThatEnd(fault('bad-change'), { at, rollbackId: 'CHG-1-rollback' })
  expect(ended).toMatchObject([
    { id: 'CHG-1', endedAt: new Date(at).toISOString() },
    { id: 'CHG-1-rollback', kind: 'rollback', scope: { version: 'v1' } },
  ])
})

test('a load test has a beginning and an end', () => {
  expect(changesThatEnd(fault('load-test'), { at, rollbackId: 'none' })).toMatchObject([
    { kind: 'load-test', startedAt: new Date(since).toISOString(), endedAt: new Date(at).toISOString() },
  ])
})

test('what nobody did is no change', () => {
  for (const kind of ['source-drop', 'zone-latency', 'db-saturation', 'low-traffic', 'lost-scrape'] as const) {
    expect(changeThatBegan(fault(kind, null))).toBeNull()
    expect(changesThatEnd(fault(kind, null), { at, rollbackId: 'none' })).toEqual([])
  }
})
