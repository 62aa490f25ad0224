import { expect, test } from 'vitest'
import { scheduleTrigger } from '../document.ts'
import { nextFires } from './next-fires.ts'
import { temporalSchedulePolicies, temporalScheduleSpec } from './schedule-spec.ts'

const of = (given: object) => scheduleTrigger.parse({ kind: 'schedule', ...given })
const fires = (given: object, after: string, count = 3) =>
  nextFires(of(given), { after: Date.parse(after), count }).map((at) => new Date(at).toISOString())

test('cron in its time zone, through the end of summer time', () => {
  expect(fires({ cron: '30 9 * * *', timeZone: 'Europe/Berlin' }, '2026-10-24T00:00:00Z')).toEqual([
    '2026-10-24T07:30:00.000Z',
    '2026-10-25T08:30:00.000Z',
    '2026-10-26T08:30:00.000Z',
  ])
})

test('day of the month and day of the week both count', () => {
  expect(fires({ cron: '0 0 13 * fri' }, '2026-01-01T00:00:00Z')).toEqual([
    '2026-02-13T00:00:00.000Z',
    '2026-03-13T00:00:00.000Z',
    '2026-11-13T00:00:00.000Z',
  ])
})

test('an interval counts from 1970, and never fires at the very moment that is asked', () => {
  expect(fires({ every: '7m' }, '1970-01-01T00:07:00Z', 2)).toEqual([
    '1970-01-01T00:14:00.000Z',
    '1970-01-01T00:21:00.000Z',
  ])
})

test('a calendar comes at each of its times, in order', () => {
  const calendar = { at: ['18:00', '09:05'], days: ['mon', 'tue'] }
  expect(fires({ calendar, timeZone: 'Asia/Shanghai' }, '2026-11-02T00:00:00Z', 4)).toEqual([
    '2026-11-02T01:05:00.000Z',
    '2026-11-02T10:00:00.000Z',
    '2026-11-03T01:05:00.000Z',
    '2026-11-03T10:00:00.000Z',
  ])
})

test('as Temporal takes it', () => {
  const calendar = { at: ['09:05'], days: ['mon', 'sun'], dates: [1] }
  const trigger = of({ calendar, timeZone: 'Asia/Shanghai', jitter: '30s', overlap: 'queue-one', catchUp: '10m' })
  expect(temporalScheduleSpec(trigger)).toEqual({
    calendars: [{ hour: 9, minute: 5, dayOfWeek: ['MONDAY', 'SUNDAY'], dayOfMonth: [1] }],
    timezone: 'Asia/Shanghai',
    jitter: 30_000,
  })
  expect(temporalSchedulePolicies(trigger)).toEqual({ overlap: 'BUFFER_ONE', catchupWindow: 600_000 })
  expect(temporalScheduleSpec(of({ every: '2h' }))).toEqual({ intervals: [{ every: 7_200_000 }], timezone: 'UTC' })
  expect(temporalScheduleSpec(of({ cron: ' 0 * * * * ' }))).toEqual({ cronExpressions: ['0 * * * *'], timezone: 'UTC' })
})
