import { describe, expect, it } from 'vitest'
import { dayPart, isWeekend, learnSeason, seasonAt, seasonShape, startSeason } from './season.ts'

const day = 86_400_000
/** A Monday. */
const monday = Date.UTC(2026, 0, 5)
const course = (t: number) => 10 + 5 * Math.sin(2 * Math.PI * dayPart(t, 1)) - (isWeekend(t) ? 4 : 0)

function learned(days: number, intervalSeconds = 300) {
  const shape = seasonShape(intervalSeconds)
  const state = new Float32Array(shape.slots + 2)
  startSeason(state, 2, shape)
  for (let t = monday; t < monday + days * day; t += intervalSeconds * 1000)
    learnSeason(state, 2, shape, { t, value: course(t), days: (t - monday) / day })
  return (t: number) => seasonAt(state, 2, shape, t)
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

  it('places times before 1970', () => {
    expect(dayPart(-1, 24)).toBeCloseTo(24)
    expect(isWeekend(Date.UTC(1969, 11, 27))).toBe(true)
    expect(isWeekend(Date.UTC(1969, 11, 29))).toBe(false)
  })
})
