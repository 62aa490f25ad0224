import { expect, test } from 'vitest'
import { askStep, askTime, timesOf } from './ask-time.ts'

const now = Date.UTC(2026, 0, 2)
const hour = 3_600_000

test('nothing said is the last hour, in steps of a chart', () => {
  expect(timesOf({}, now)).toEqual({ from: now - hour, to: now, stepSeconds: 15, asOf: now })
})

test('what is relative counts from asOf, not from now', () => {
  const asOf = '2026-01-01T00:00:00Z'
  const at = Date.parse(asOf)
  expect(timesOf({ from: '-2h', to: '-1h', step: '5m', asOf }, now)).toEqual({
    from: at - 2 * hour,
    to: at - hour,
    stepSeconds: 300,
    asOf: at,
  })
  expect(timesOf({ to: 10 * hour, step: 30 }, now)).toMatchObject({ from: 9 * hour, to: 10 * hour, stepSeconds: 30 })
})

test('a longer time has longer steps', () => {
  expect(timesOf({ from: '-7d' }, now).stepSeconds).toBe(3_600)
  expect(timesOf({ from: '-365d' }, now).stepSeconds).toBe(86_400)
})

test.each([0, 1_700_000_000_000, 'now', '-1s', '-15m', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00+02:00'])(
  '%j is a time',
  (time) => expect(askTime.safeParse(time).success).toBe(true),
)

test.each([-1, 1.5, 1e16, '', 'yesterday', '15m', '-1w', '2026-01-31', '-9999999999h', '1969-12-31T00:00:00Z', null])(
  '%j is none',
  (time) => expect(askTime.safeParse(time).success).toBe(false),
)

test.each([0, -1, 86_401, '1 minute', '', '-1m', '5'])('%j is no step', (step) =>
  expect(askStep.safeParse(step).success).toBe(false),
)
