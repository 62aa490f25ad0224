import { expect, test } from 'vitest'
import { consequenceOf, progressOf, stepCounts, timelineOf } from './run-view-model.ts'
import { aStep } from './test/a-report.ts'

test('the timeline shares one axis, and a step that goes on reaches to now', () => {
  const at = (second: number): string => new Date(second * 1000).toISOString()
  const steps = [
    aStep({ stepId: 'a', startedAt: at(0), endedAt: at(5) }),
    aStep({ stepId: 'b', status: 'running', startedAt: at(5), endedAt: null }),
    aStep({ stepId: 'c', status: 'skipped', startedAt: null, endedAt: null }),
  ]
  const bars = timelineOf({ steps, startedAt: at(0), endedAt: null }, 10_000)
  expect(bars.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.5],
    [0.5, 0.5],
    [0, 0],
  ])
})

test('skipped is counted apart from what ran', () => {
  const steps = [{ status: 'done' }, { status: 'failed' }, { status: 'skipped' }, { status: 'pending' }] as const
  expect(stepCounts(steps)).toBe('2 ran, 1 skipped')
  expect(progressOf(steps)).toEqual({ ended: 3, all: 4 })
})

test('what a yes would do is said with capacity first, and with its lease', () => {
  const plan = {
    title: 'Switch payment traffic',
    leaseSeconds: 1_800,
    facts: [
      { label: 'hosts', value: '3' },
      { label: 'capacity in B after the switch', value: '61 %' },
      { label: 'traffic', value: '500 requests/min' },
    ],
  }
  expect(consequenceOf({ plans: [plan] as never })).toEqual([
    'capacity in B after the switch 61 %',
    'hosts 3',
    'reverts by itself after 30 min',
  ])
  expect(consequenceOf({ plans: [] })).toEqual([])
})
