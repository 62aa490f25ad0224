import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { normalOf, randomOf } from '../../test/simulated-traffic.ts'
import { createSurpriseMember } from './surprise.ts'

/** Scores of a series by one member; values as they are. */
function scoresOf(values: number[], { intervalSeconds = 300, usual = (): number => Number.NaN } = {}): number[] {
  const member = createSurpriseMember(intervalSeconds)
  const state = new Float32Array(member.slots).fill(7)
  member.start(state, 0)
  return values.map((value) => member.update(state, 0, value - values[0]!, usual()))
}

const noise = (seed: number, points: number, draw = (random: () => number) => normalOf(random)) => {
  const random = randomOf(seed)
  return Array.from({ length: points }, () => draw(random))
}
const alarms = (scores: number[]) => scores.flatMap((score, place) => (score >= 0.5 ? [place] : []))

describe('surprise member', () => {
  it.each([
    ['normal', (random: () => number) => normalOf(random)],
    ['bursts', (random: () => number) => (random() < 0.02 ? 5 + 20 * random() : random())],
    ['steps of a whole number', (random: () => number) => Math.floor(3 * random())],
  ])('is surprised by more of the same less than twice in three days (%s)', (_, draw) => {
    for (const seed of [1, 2, 3]) {
      const late = alarms(scoresOf(noise(seed, 8000, draw))).filter((place) => place > 2000)
      // Distinct episodes: nothing within eight hours of the one before.
      const episodes = late.filter((place, index) => index === 0 || place - late[index - 1]! > 96)
      expect(episodes.length).toBeLessThan(((6000 * 300) / 86_400) * (2 / 3))
    }
  })

  it.each([
    ['a spike', (value: number, since: number) => (since === 0 ? value + 12 : value)],
    ['a shift that no single value shows', (value: number) => value + 1.5],
    ['values between the two that are usual', (value: number) => 5 + value / 10],
  ])('sees %s', (what, change) => {
    const at = 3000
    const healthy = noise(5, at + 100)
    const values = healthy.map((value, place) =>
      what.startsWith('values') ? value / 10 + (Math.floor(place / 60) % 2) * 10 : value,
    )
    const changed = values.map((value, place) =>
      place >= at ? change(what.startsWith('values') ? healthy[place]! : value, place - at) : value,
    )
    const found = alarms(scoresOf(changed)).find((place) => place >= at)
    expect(found).toBeDefined()
    expect(found! - at).toBeLessThanOrEqual(90)
  })

  it('sees values that freeze at their usual level', () => {
    const at = 3000
    const values = noise(8, at + 100).map((value, place) => (place >= at ? 0.1 : value))
    const found = alarms(scoresOf(values)).find((place) => place >= at)
    expect(found).toBeDefined()
    expect(found! - at).toBeLessThanOrEqual(72)
  })

  it('learns what repeats: the first bursts are odd, of the later ones fewer than half', () => {
    const values = noise(6, 6000).map((value, place) => (place % 400 < 3 ? value + 15 : value))
    const scores = alarms(scoresOf(values))
    expect(scores.some((place) => place < 1200)).toBe(true)
    const bursts = new Set(scores.filter((place) => place > 4000).map((place) => Math.floor(place / 400)))
    expect(bursts.size).toBeLessThan(2.5)
  })

  it('sees a departure from the season that is within the usual range of values', () => {
    const at = 4000
    const wave = (place: number) => 10 * Math.sin((2 * Math.PI * place) / 288)
    const random = randomOf(7)
    const member = createSurpriseMember(300)
    const state = new Float32Array(member.slots)
    member.start(state, 0)
    const found: number[] = []
    for (let place = 0; place < at + 72; place += 1) {
      const value = place < at ? wave(place) + normalOf(random) / 5 : 0.9 * wave(at - (place - at))
      if (member.update(state, 0, value, wave(place)) >= 0.5 && place >= at) found.push(place)
    }
    expect(found.length).toBeGreaterThan(0)
  })

  test('any finite values at any interval: scores in [0, 1], never NaN, silent on a constant', () => {
    const value = fc.oneof(fc.double({ min: -1e30, max: 1e30, noNaN: true }), fc.integer({ min: -3, max: 3 }))
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(1, 60, 300, 3600, 86_400),
        fc.integer({ min: 1, max: 20 }),
        (values, intervalSeconds, repeats) => {
          const scores = scoresOf(Array.from({ length: repeats }, () => values).flat(), { intervalSeconds })
          expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
        },
      ),
    )
    expect(alarms(scoresOf(Array.from({ length: 3000 }, () => 42)))).toEqual([])
  })
})
