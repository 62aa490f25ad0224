import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedFor, freezeCalendar, isClosed, isLifted, type FreezeCalendar } from './freeze-calendar.ts'
import { wallClock } from './wall-clock.ts'

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia']
const scope = { target: 'shop-edge/payment', kind: 'traffic-switch', runbook: 'switch-zone' } as const
const calendar = (given: Record<string, unknown>): FreezeCalendar =>
  freezeCalendar.parse({ name: 'nights', reason: 'Nobody watches', timeZone: 'UTC', closed: [], ...given })
const weekly = (days: number[], from: string, to: string) => ({ kind: 'weekly', days, from, to })

const minutes = fc.integer({ min: 0, max: 1439 })
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) })

describe('freeze calendars', () => {
  it('a window and what is left of the day are never both closed, and one always is', () => {
    fc.assert(
      fc.property(moment, minutes, minutes, fc.constantFrom(...zones), (at, from, to, timeZone) => {
        fc.pre(from !== to)
        const all = [1, 2, 3, 4, 5, 6, 7]
        const one = calendar({ timeZone, closed: [weekly(all, clock(from), clock(to))] })
        const rest = calendar({ timeZone, closed: [weekly(all, clock(to), clock(from))] })
        expect(isClosed(one, at)).toBe(!isClosed(rest, at))
      }),
    )
  })

  it('every hour of a whole closed day is closed, also on days of 23 and of 25 hours', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, timeZone) => {
        const { day, minute } = wallClock(at, timeZone)
        const whole = calendar({ timeZone, closed: [weekly([day], '00:00', '00:00')] })
        expect(isClosed(whole, at)).toBe(true)
        for (let hour = -26; hour <= 26; hour += 0.5) {
          const other = at + hour * 3_600_000
          expect(isClosed(whole, other)).toBe(wallClock(other, timeZone).minute.slice(0, 10) === minute.slice(0, 10))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('the clock goes on by a minute or jumps by what summer time adds', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, timeZone) => {
        const before = Date.parse(`${wallClock(at, timeZone).minute}Z`)
        const after = Date.parse(`${wallClock(at + 60_000, timeZone).minute}Z`)
        expect([1, -59, 61, -29, 31]).toContain((after - before) / 60_000)
      }),
    )
  })

  it('in Berlin 02:30 is closed twice when the hour repeats, and skipped when it does not exist', () => {
    const night = calendar({ timeZone: 'Europe/Berlin', closed: [weekly([7], '02:00', '03:00')] })
    const at = (text: string) => isClosed(night, Date.parse(text))
    expect(at('2026-10-25T00:30:00Z')).toBe(true)
    expect(at('2026-10-25T01:30:00Z')).toBe(true)
    expect(at('2026-10-25T02:00:00Z')).toBe(false)
    expect(at('2026-03-29T00:59:00Z')).toBe(false)
    expect(at('2026-03-29T01:00:00Z')).toBe(false)
  })

  it('a night that begins on Friday ends on Saturday, and Saturday has none of its own', () => {
    const night = calendar({ closed: [weekly([5], '22:00', '06:00')] })
    const at = (text: string) => isClosed(night, Date.parse(text))
    expect(at('2026-11-27T21:59:00Z')).toBe(false)
    expect(at('2026-11-27T22:00:00Z')).toBe(true)
    expect(at('2026-11-28T05:59:00Z')).toBe(true)
    expect(at('2026-11-28T06:00:00Z')).toBe(false)
    expect(at('2026-11-28T23:00:00Z')).toBe(false)
  })

  it('is closed when any calendar that applies is, whatever the others say', () => {
    const open = calendar({
      name: 'past',
      closed: [{ kind: 'dates', from: '2020-01-01T00:00', to: '2020-01-02T00:00' }],
    })
    const shut = calendar({
      name: 'all-year',
      closed: [{ kind: 'dates', from: '2026-01-01T00:00', to: '2027-01-01T00:00' }],
    })
    const at = Date.UTC(2026, 10, 30)
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), (picks) => {
        const closed = closedFor(
          picks.map((pick) => (pick ? shut : open)),
          scope,
          at,
        )
        expect(closed.length > 0).toBe(picks.includes(true))
      }),
    )
  })

  it.each([
    [{ targets: ['shop-edge'] }, 'shop-edge/payment', true],
    [{ targets: ['shop-edge/payment'] }, 'shop-edge/*', true],
    [{ targets: ['shop-edge/cart'] }, 'shop-edge/payment', false],
    [{ targets: ['shop'] }, 'shop-edge/payment', false],
    [{ kinds: ['restart'] }, 'shop-edge/payment', false],
    [{ runbooks: ['switch-zone'] }, 'shop-edge/payment', true],
    [{ runbooks: ['other'] }, 'shop-edge/payment', false],
  ])('%j of %s: %s', (appliesTo, target, applies) => {
    const one = calendar({ closed: [weekly([1, 2, 3, 4, 5, 6, 7], '00:00', '00:00')], appliesTo })
    expect(closedFor([one], { ...scope, target }, Date.UTC(2026, 10, 30)).length === 1).toBe(applies)
  })

  it('is lifted only by what a second person confirmed, and only until then', () => {
    const one = calendar({ closed: [weekly([1], '00:00', '00:00')] })
    const exception = { calendar: 'nights', reason: 'Payment is down', askedBy: 'ann', confirmedBy: 'bob', until: 1000 }
    expect(isLifted(one, [exception], 999)).toBe(true)
    expect(isLifted(one, [exception], 1000)).toBe(false)
    expect(isLifted(one, [{ ...exception, confirmedBy: null }], 999)).toBe(false)
    expect(isLifted(one, [{ ...exception, confirmedBy: 'ann' }], 999)).toBe(false)
    expect(isLifted(one, [{ ...exception, calendar: 'days' }], 999)).toBe(false)
  })

  it.each([
    { timeZone: 'Mars/Olympus' },
    { closed: [] },
    { closed: [weekly([1], '24:00', '06:00')] },
    { closed: [weekly([0], '22:00', '06:00')] },
    { closed: [{ kind: 'dates', from: '2026-02-30T00:00', to: '2026-03-02T00:00' }] },
    { closed: [{ kind: 'dates', from: '2026-03-02T00:00', to: '2026-03-02T00:00' }] },
    { closed: [weekly([1], '22:00', '06:00')], reason: ' ' },
  ])('refuses %j', (given) => {
    const good = { name: 'nights', reason: 'Nobody watches', timeZone: 'UTC', closed: [weekly([1], '22:00', '06:00')] }
    expect(freezeCalendar.safeParse(good).success).toBe(true)
    expect(freezeCalendar.safeParse({ ...good, ...given }).success).toBe(false)
  })
})
