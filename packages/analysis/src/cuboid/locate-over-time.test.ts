import { expect, test } from 'vitest'
import { locateOverTime, type TimedEvents } from './locate-over-time.ts'

const zones = ['A', 'B', 'C']
const clients = ['ios', 'web']

/** Ten minutes in which every combination has 200 events; `rate` of them are bad. */
const minutes = (rate: (minute: number, zone: string, client: string) => number): TimedEvents[] =>
  Array.from({ length: 10 }, (_, minute) => minute).flatMap((minute) =>
    zones.flatMap((zone) =>
      clients.map((client) => ({
        t: 1_700_000_000 + 60 * minute,
        values: [zone, client],
        bad: Math.round(200 * rate(minute, zone, client)),
        total: 200,
      })),
    ),
  )

test('the minute in which a place rose most, and the place', () => {
  const found = locateOverTime(
    ['zone', 'client'],
    minutes((minute, zone) => (minute >= 6 && zone === 'B' ? 0.3 : 0.02)),
  )
  expect(found?.at).toBe(1_700_000_000 + 60 * 6)
  expect(found?.answer).toMatchObject({ status: 'located', places: [{ where: { zone: 'B' } }] })
})

test('a rise of all in one minute hides no place of another', () => {
  const events = minutes((minute, zone, client) =>
    minute === 3 ? 0.05 : minute === 7 && zone === 'C' && client === 'web' ? 0.6 : 0.02,
  )
  const found = locateOverTime(['zone', 'client'], events)
  expect(found?.answer.places.map(({ where }) => where)).toEqual([{ zone: 'C', client: 'web' }])
})

test('a calm time: nothing; one minute or none: no answer', () => {
  expect(
    locateOverTime(
      ['zone', 'client'],
      minutes(() => 0.02),
    )?.answer.status,
  ).toBe('nothing')
  expect(locateOverTime(['zone', 'client'], minutes(() => 0.02).slice(0, 6))).toBeNull()
  expect(locateOverTime(['zone', 'client'], [])).toBeNull()
  expect(locateOverTime(['zone'], [{ t: Number.NaN, values: ['A'], bad: 1, total: 1 }])).toBeNull()
})
