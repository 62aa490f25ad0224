import { describe, expect, it } from 'vitest'
import { findPlace, learnSeason, noPlace, seasonAt, seasonShape, startSeason } from './season.ts'

const day = 86_400_000
/** A Monday. */
const monday = Date.UTC(2026, 0, 5)
const course = (t: number) =>
  10 + 5 * Math.sin((2 * Math.PI * (t % day)) / day) - ([0, 6].includes(new Date(t).getUTCDay()) ? 4 : 0)

function learned(days: number, intervalSeconds = 300) {
  const shape = seasonShape(intervalSeconds)
  const state = new Float32Array(shape.slots + 2)
  startSeason(state, 2, shape)
  const place = noPlace()
  for (let t = monday; t < monday + days * day; t += intervalSeconds * 1000) {
    findPlace(place, shape, t)
    learnSeason(state, 2, shape, place, course(t), (t - monday) / day)
  }
  return (t: number) => {
    findPlace(place, shape, t)
    return seasonAt(state, 2, shape, place)
  }
}

describe('season', () => {
  it('knows the course of the day after one day, and of weekends once it saw one', () => {
    const oneDay = learned(1.1)
    for (let hour = 1; hour < 23; hour += 1) {
      const t = monday + day + hour * 3_600_000
      expect(oneDay(t)).toBeCloseTo(course(t), 0)
    }
    const saturday = monday + 12 * day + 15 * 3_600_000
    expect(oneDay(saturday)).toBeCloseTo(course(saturday) + 4, 0)
    expect(learned(8)(saturday)).toBeCloseTo(course(saturday), 0)
  })

  it('knows nothing of hours that it never saw, nor of series with a few points a day', () => {
    const half = learned(0.5)
    expect(half(monday + day + 20 * 3_600_000)).toBeNaN()
    expect(learned(30, 86_400)(monday + 31 * day)).toBeNaN()
    expect(seasonShape(86_400).slots).toBeLessThan(10)
    expect(learned(5, 3600)(monday + 7 * day + 9 * 3_600_000)).toBeCloseTo(course(monday + 8.5 * 3_600_000), 0)
  })

  it('places any time, also before 1970', () => {
    const placeOf = (t: number, intervalSeconds = 300) => {
      const place = noPlace()
      findPlace(place, seasonShape(intervalSeconds), t)
      return place
    }
    expect(placeOf(-1)).toMatchObject({ hour: 23, here: 47, beside: 0 })
    expect(placeOf(monday)).toMatchObject({ hour: 0, here: 0, beside: 47, aside: -0.5, isWeekend: false })
    expect(placeOf(monday + 9 * 3_600_000, 3600)).toMatchObject({ hour: 9, here: 9, beside: 8 })
    expect(placeOf(Date.UTC(1969, 11, 27)).isWeekend).toBe(true)
    expect(placeOf(Date.UTC(1969, 11, 29)).isWeekend).toBe(false)
  })
})
