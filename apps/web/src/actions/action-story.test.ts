import { expect, test } from 'vitest'
import { boundWords, peopleRows, waveRows } from './action-story.ts'
import type { ActionEvent } from './event-words.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString()
const event = (kind: ActionEvent['kind'], minute: number, detail = {}, actor = 'system'): ActionEvent => ({
  kind,
  at: at(minute),
  actor,
  detail,
})
const of = (more: Partial<Parameters<typeof waveRows>[0]>) => ({
  status: 'intended' as const,
  ramp: { percents: [10, 50, 100], watchSeconds: 60 },
  events: [],
  appliedAt: null,
  harm: [],
  requestedBy: 'ana@example.com',
  approvedBy: null,
  ...more,
})
const states = (more: Parameters<typeof of>[0]) => waveRows(of(more)).map(({ state }) => state)
const first = event('wave', 1, { wave: 1, of: 3 })
const second = event('wave', 2, { wave: 2, of: 3 })

test('a ramp shows how far it got', () => {
  expect(states({})).toEqual(['now', 'not-begun', 'not-begun'])
  expect(states({ events: [first] })).toEqual(['done', 'now', 'not-begun'])
  const whole = waveRows(of({ status: 'done', events: [first, second], appliedAt: at(3) }))
  expect(whole).toEqual([
    { percent: 10, state: 'done', at: at(1) },
    { percent: 50, state: 'done', at: at(2) },
    { percent: 100, state: 'done', at: at(3) },
  ])
})

test('harm marks the step after which it was seen, and no later one began', () => {
  const harm = event('harm', 3, { wave: 2, verdict: 'harm', detail: 'rate is 0.9' })
  expect(states({ status: 'reverted', events: [first, second, harm] })).toEqual(['done', 'harm', 'not-begun'])
})

test('one that was stopped on its way did not do the rest', () => {
  const stopped = event('lease', 2, { until: null, stoppedAtWave: 1, of: 3 })
  expect(states({ status: 'done', events: [first, stopped], appliedAt: at(2) })).toEqual([
    'done',
    'not-begun',
    'not-begun',
  ])
})

test('what is done at once has no steps', () => {
  expect(waveRows(of({ ramp: null }))).toEqual([])
})

test('bounds in words', () => {
  expect(boundWords({ minimum: 0.98, maximum: null }, String)).toBe('at least 0.98')
  expect(boundWords({ minimum: null, maximum: 300 }, String)).toBe('at most 300')
  expect(boundWords({ minimum: 0, maximum: 1 }, String)).toBe('0 to 1')
})

test('people are named with what they did, the system is not', () => {
  const events = [
    event('lease', 1, { until: at(30) }),
    event('lease', 2, { seconds: 1800 }, 'bo@example.com'),
    event('revert', 3, { reason: 'person', intent: {} }, 'cy@example.com'),
    event('revert', 4, { readBack: 'as found', reason: 'person' }, 'cy@example.com'),
    event('lease', 5, { look: true, readBack: 'as meant' }, 'eve@example.com'),
  ]
  expect(peopleRows(of({ approvedBy: 'dan@example.com', events })).map(({ did, who }) => `${did} ${who}`)).toEqual([
    'asked by ana@example.com',
    'approved by dan@example.com',
    'renewed by bo@example.com',
    'reverted by cy@example.com',
    'settled by eve@example.com',
  ])
})
