import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { poisson, randomOf } from '../test/simulated-traffic.ts'
import { judgeRareEvents, type RareCount, type RareShare } from './low-traffic.ts'

const runs = 500
const hitsOf = (trials: number, share: number, random: () => number) =>
  Array.from({ length: trials }, random).filter((one) => one < share).length

function share(hits: number, trials: number, usualHits = 20, usualTrials = 2000): RareShare {
  return { of: 'share', hits, trials, baseline: { hits: usualHits, trials: usualTrials } }
}
function count(events: number, expected: number): RareCount {
  return { of: 'count', events, exposure: expected, baseline: { events: 1000, exposure: 1000 } }
}
const shareOf = (verdicts: string[], value: string) => verdicts.filter((one) => one === value).length / verdicts.length

describe('judgeRareEvents', () => {
  it.each([5, 20, 60])('shares: of %i healthy requests at most one window in a hundred is abnormal', (trials) => {
    const random = randomOf(trials)
    const verdicts = Array.from({ length: runs }, () => {
      const baseline = hitsOf(400, 0.03, random)
      return judgeRareEvents(share(hitsOf(trials, 0.03, random), trials, baseline, 400), { bad: 'both' }).value
    })
    expect(shareOf(verdicts, 'abnormal')).toBeLessThan(0.01 + 0.0134)
  })

  it.each([2, 8, 30])('counts: with %i expected at most one healthy window in a hundred is abnormal', (expected) => {
    const random = randomOf(expected)
    const verdicts = Array.from(
      { length: runs },
      () =>
        judgeRareEvents(
          {
            of: 'count',
            events: poisson(expected, random),
            exposure: 1,
            baseline: { events: poisson(expected * 20, random), exposure: 20 },
          },
          { bad: 'both' },
        ).value,
    )
    expect(shareOf(verdicts, 'abnormal')).toBeLessThan(0.01 + 0.0134)
  })

  it('what it says it needs is enough: a change that matters is then found four times in five', () => {
    const short = judgeRareEvents(share(1, 5), { bad: 'up', effect: 0.1 })
    expect(short.value).toBe('inconclusive')
    const trials = 5 + short.needs!
    const random = randomOf(11)
    const verdicts = Array.from(
      { length: runs },
      () => judgeRareEvents(share(hitsOf(trials, 0.11, random), trials), { bad: 'up', effect: 0.1 }).pValue! <= 0.01,
    )
    expect(shareOf(verdicts.map(String), 'true')).toBeGreaterThan(0.75)
    // And it is no waste: a third of it would not do.
    const few = Math.floor(trials / 3)
    const fewer = Array.from(
      { length: runs },
      () => judgeRareEvents(share(hitsOf(few, 0.11, random), few), { bad: 'up', effect: 0.1 }).pValue! <= 0.01,
    )
    expect(shareOf(fewer.map(String), 'true')).toBeLessThan(0.6)
  })

  it('the same for counts that halve', () => {
    const short = judgeRareEvents(count(1, 4), { bad: 'down' })
    expect(short.value).toBe('inconclusive')
    const expected = 4 + short.needs!
    const random = randomOf(12)
    const found = Array.from(
      { length: runs },
      () => judgeRareEvents(count(poisson(expected / 2, random), expected), { bad: 'down' }).pValue! <= 0.01,
    )
    expect(shareOf(found.map(String), 'true')).toBeGreaterThan(0.75)
  })

  it('five of five failing is abnormal, one of five is not yet known, none of two hundred is normal', () => {
    expect(judgeRareEvents(share(5, 5), { bad: 'up' }).value).toBe('abnormal')
    const open = judgeRareEvents(share(1, 5), { bad: 'up' })
    expect(open.value).toBe('inconclusive')
    expect(open.needs).toBeGreaterThan(20)
    expect(open.reasons.join(' ')).toContain(`about ${open.needs} more requests`)
    expect(judgeRareEvents(share(0, 200), { bad: 'up' }).value).toBe('normal')
    expect(judgeRareEvents(share(5, 5), { bad: 'down' }).value).not.toBe('abnormal')
  })

  it('silence where three are usual says little, where nine are usual much', () => {
    expect(judgeRareEvents(count(0, 3), { bad: 'down' }).value).toBe('inconclusive')
    expect(judgeRareEvents(count(0, 9), { bad: 'down' }).value).toBe('abnormal')
    expect(judgeRareEvents(count(0, 30), { bad: 'both', effect: 2 }).value).toBe('abnormal')
    expect(judgeRareEvents(count(0, 9), { bad: 'down', looks: 1000 }).value).toBe('inconclusive')
    expect(judgeRareEvents(count(100, 95), { bad: 'down' }).value).toBe('normal')
  })

  it('p-values are those of the exact tests', () => {
    // Fisher's tea: 3 of 4 right. One-sided 17 / 70.
    expect(judgeRareEvents(share(3, 4, 1, 4), { bad: 'up' }).pValue).toBeCloseTo(17 / 70, 10)
    // Nothing in one hour of ten that hold 5 events: (9/10)^5.
    const silent: RareCount = { of: 'count', events: 0, exposure: 1, baseline: { events: 5, exposure: 9 } }
    expect(judgeRareEvents(silent, { bad: 'down' }).pValue).toBeCloseTo(0.9 ** 5, 10)
  })

  it('is never normal on nothing, on too little, or on numbers that are none', () => {
    expect(judgeRareEvents(share(0, 0), { bad: 'up' }).value).toBe('inconclusive')
    expect(judgeRareEvents(share(0, 3, 0, 3), { bad: 'up' }).value).toBe('inconclusive')
    expect(judgeRareEvents(share(0, 9, 0, 0), { bad: 'up' }).value).toBe('inconclusive')
    expect(judgeRareEvents(share(1.5, 9), { bad: 'up' }).value).toBe('inconclusive')
    expect(judgeRareEvents(share(9, 3), { bad: 'up' }).value).toBe('inconclusive')
    const empty: RareCount = { of: 'count', events: 0, exposure: 1, baseline: { events: 0, exposure: 9 } }
    expect(judgeRareEvents(empty, { bad: 'both' }).value).toBe('inconclusive')
    expect(judgeRareEvents({ ...empty, events: 2 }, { bad: 'both' }).value).not.toBe('normal')
  })

  const small = fc.integer({ min: 0, max: 60 })
  const wild = fc.oneof(small, fc.double(), fc.integer({ min: -5, max: 1e8 }))
  const options = fc.record({
    bad: fc.constantFrom('up', 'down', 'both') as fc.Arbitrary<'up' | 'down' | 'both'>,
    effect: fc.oneof(fc.constant(0.1), fc.double()),
    falseAlarm: fc.oneof(fc.constant(0.01), fc.double()),
    looks: fc.oneof(fc.constant(1), fc.double()),
  })
  const isSound = (found: ReturnType<typeof judgeRareEvents>) => {
    const figures = [found.confidence, found.pValue, found.mattersProbability, found.interval?.low, found.needs]
    return (
      figures.every((figure) => figure === null || figure === undefined || Number.isFinite(figure)) &&
      (found.pValue === null || (found.pValue >= 0 && found.pValue <= 1)) &&
      (found.needs === null || (found.value === 'inconclusive' && found.needs >= 1)) &&
      found.reasons.length > 0
    )
  }
  test('any numbers: an answer with a reason, no NaN', () => {
    fc.assert(
      fc.property(wild, wild, wild, wild, options, (a, b, c, d, chosen) => {
        expect(isSound(judgeRareEvents(share(a, b, c, d), chosen))).toBe(true)
        const counted: RareCount = { of: 'count', events: a, exposure: b, baseline: { events: c, exposure: d } }
        expect(isSound(judgeRareEvents(counted, chosen))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('more failures are never less odd', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 100 }), (trials, usual) => {
        const pValues = Array.from(
          { length: trials + 1 },
          (_, hits) => judgeRareEvents(share(hits, trials, usual, 100), { bad: 'up' }).pValue!,
        )
        for (let hits = 1; hits <= trials; hits += 1) expect(pValues[hits]! <= pValues[hits - 1]! + 1e-12).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
