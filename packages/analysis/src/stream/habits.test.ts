import { describe, expect, it } from 'vitest'
import { habitSlots, startHabits, withoutHabits } from './habits.ts'

const day = 86_400_000
const hour = 3_600_000
/** A Monday. */
const monday = Date.UTC(2026, 0, 5)

/** Scores of one alarm a day at 02:10, and what is left of them, day by day. */
function left(days: number, score: (day: number) => number, at: (day: number) => number = () => 2 * hour + 600_000) {
  const state = new Float32Array(habitSlots + 2).fill(7)
  startHabits(state, 1)
  const found = Array.from({ length: days }, (_, place) => {
    const now = monday + place * day + at(place)
    let seen = 0
    for (let t = monday + place * day; t < monday + (place + 1) * day; t += 600_000)
      seen = Math.max(seen, withoutHabits(state, 1, t, t === now ? score(place) : 0.1))
    return seen
  })
  expect([state[0], state.at(-1)]).toEqual([7, 7])
  return found
}

const isAlarm = (score: number) => score >= 0.5

describe('habits', () => {
  it('lets three days pass and holds back the next, for as long as it goes on', () => {
    expect(left(5, () => 0.7).map(isAlarm)).toEqual([true, true, true, false, false])
  })

  it('knows working days from weekends, so that a Monday is no new beginning', () => {
    const weekdays = left(15, (place) => (place % 7 < 5 ? 0.7 : 0)).map(isAlarm)
    expect(weekdays.slice(0, 5)).toEqual([true, true, true, false, false])
    expect(weekdays.slice(7)).toEqual(Array.from({ length: 8 }, () => false))
    expect(left(7, () => 0.7).map(isAlarm)).toEqual([true, true, true, false, false, true, true])
  })

  it('holds nothing back that comes at another hour, or that is clearly worse', () => {
    expect(
      left(
        5,
        () => 0.7,
        (place) => place * 3 * hour,
      ).every(isAlarm),
    ).toBe(true)
    const last = left(5, (place) => (place === 4 ? 0.9 : 0.7))
    expect(last.map(isAlarm)).toEqual([true, true, true, false, true])
  })

  it('forgets a habit that stopped', () => {
    const paused = left(12, (place) => (place < 4 || place >= 9 ? 0.7 : 0)).map(isAlarm)
    expect(paused.slice(9)).toEqual([true, true, true])
  })

  it('leaves alone what is below the threshold, at any time', () => {
    const state = new Float32Array(habitSlots)
    startHabits(state, 0)
    for (const t of [0, -1, 8.64e15, -8.64e15, monday]) expect(withoutHabits(state, 0, t, 0.3)).toBe(0.3)
    expect(state.every(Number.isFinite)).toBe(true)
  })
})
