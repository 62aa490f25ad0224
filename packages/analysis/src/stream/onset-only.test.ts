import { describe, expect, it } from 'vitest'
import { createOnsetOnly } from './onset-only.ts'

/** Places of alarms among `[score, rare]` that begin at the given places and are 0 elsewhere. */
function alarms(intervalSeconds: number, given: Record<number, [number, number]>, points: number): number[] {
  const onset = createOnsetOnly(intervalSeconds)
  const state = new Float32Array(onset.slots).fill(9)
  onset.start(state, 0)
  return Array.from({ length: points }, (_, place) => {
    const [score, rare] = given[place] ?? [0, 0]
    return onset.update(state, 0, score, rare)
  }).flatMap((score, place) => (score >= 0.5 ? [place] : []))
}

describe('onset only', () => {
  it('of a series by the minute tells again after minutes, of a coarse one after hours', () => {
    const given = { 10: [0.7, 0], 12: [0.7, 0], 20: [0.7, 0], 200: [0.7, 0] } as Record<number, [number, number]>
    expect(alarms(60, given, 300)).toEqual([10, 20, 200])
    expect(alarms(300, given, 300)).toEqual([10, 200])
  })

  it('tells at once of what is much worse', () => {
    expect(alarms(300, { 10: [0.7, 0], 12: [0.9, 0] }, 20)).toEqual([10, 12])
  })

  it('halves the odds of what the seasonal member says of a coarse series', () => {
    expect(alarms(60, { 10: [0.6, 0] }, 20)).toEqual([10])
    expect(alarms(300, { 10: [0.6, 0] }, 20)).toEqual([])
  })

  it('waits hours before something merely rare is told after any alarm', () => {
    expect(alarms(60, { 10: [0.6, 0], 200: [0, 0.9], 700: [0, 0.9], 900: [0, 0.9] }, 1000)).toEqual([10, 700])
  })
})
