import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributeChainLoss, type ChainStepVolume } from './attribution.ts'

const chain = (volumes: [actual: number | null, expected: number | null][]): ChainStepVolume[] =>
  volumes.map(([actual, expected], index) => ({ id: `s${index}`, title: `Step ${index}`, actual, expected }))
const attribute = (volumes: [number | null, number | null][], minutes = 10) =>
  attributeChainLoss({ steps: chain(volumes), minutes })
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

describe('attributeChainLoss', () => {
  it('gives a loss to the step whose conversion fell', () => {
    const found = attribute([
      [600, 600],
      [588, 588],
      [541, 541],
      [455, 519],
    ])!
    expect(found.parts.map(({ verdict }) => verdict)).toEqual(['normal', 'normal', 'normal', 'abnormal'])
    expect(found.parts[3]!.change).toBeCloseTo(-64, 6)
    expect(found.parts[3]!.reason).toMatch(/conversion 84\.1 %, expected 95\.9 %, lost beyond noise/)
  })

  it('gives a loss to the source when the source fell and conversions did not', () => {
    const found = attribute([
      [360, 600],
      [353, 588],
      [325, 541],
      [311, 519],
    ])!
    expect(found.parts.map(({ verdict }) => verdict)).toEqual(['abnormal', 'normal', 'normal', 'normal'])
    expect(found.parts[0]!.change / found.change).toBeCloseTo(1, 1)
    expect(found.parts[0]!.ratio).toBeCloseTo(0.6, 6)
  })

  it('divides two losses between both', () => {
    const found = attribute([
      [300, 600],
      [150, 600],
    ])!
    expect(found.change).toBe(-450)
    // Half of the source and half of the conversion: each alone would have cost 300, together they share.
    expect(found.parts.map(({ change }) => change)).toEqual([-225, -225])
  })

  it('sums exactly to the whole change, zeros included', () => {
    const volume = fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 4, arbitrary: fc.double({ min: 0.01, max: 10_000, noNaN: true }) },
    )
    const known = fc.tuple(volume, volume)
    const unknown = fc.constant<[null, number]>([null, 5])
    const middle = fc.array(fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: unknown }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(known, middle, known, (first, steps, last) => {
        const found = attribute([first, ...steps, last])!
        expect(found.change).toBe(last[0] - last[1])
        const parts = sum(found.parts.map(({ change }) => change))
        expect(Number.isFinite(parts)).toBe(true)
        // To the last digits of the largest part: wild conversions make parts that dwarf the whole.
        const largest = Math.max(1, ...found.parts.map(({ change }) => Math.abs(change)))
        expect(Math.abs(parts - found.change)).toBeLessThanOrEqual(1e-12 * largest)
        expect(found.parts).toHaveLength(steps.length + 2)
      }),
      { numRuns: 500 },
    )
  })

  it('gives equal steps equal parts, and unchanged ones none', () => {
    const conversion = fc.double({ min: 0.2, max: 1, noNaN: true })
    fc.assert(
      fc.property(conversion, conversion, (now, before) => {
        const found = attribute([
          [500, 500],
          [500 * now, 500 * before],
          [500 * now * now, 500 * before * before],
          [500 * now * now * 0.9, 500 * before * before * 0.9],
        ])!
        const [source, second, third, last] = found.parts.map(({ change }) => change)
        expect(source).toBeCloseTo(0, 6)
        expect(second).toBeCloseTo(third!, 6)
        expect(last).toBeCloseTo(0, 6)
      }),
    )
  })

  it('gives an outage to the step after which nothing comes', () => {
    const found = attribute([
      [600, 600],
      [588, 588],
      [0, 541],
      [0, 519],
    ])!
    expect(found.parts[2]).toMatchObject({ verdict: 'abnormal', change: expect.closeTo(-519, 6), actualConversion: 0 })
    // Nothing arrived there, so nothing can be said of it, least of all that it is well.
    expect(found.parts[3]).toMatchObject({ verdict: 'inconclusive', change: 0, ratio: null })
  })

  it('calls noise normal and a small real loss too small to matter', () => {
    const noise = attribute([
      [610, 600],
      [596, 588],
      [546, 541],
    ])!
    expect(noise.parts.every(({ verdict }) => verdict === 'normal')).toBe(true)
    const small = attributeChainLoss({
      steps: chain([
        [60_000, 60_000],
        [59_400, 60_000],
        [59_400, 60_000],
      ]).map((step) => ({ ...step, modelError: 0.001 })),
      minutes: 60,
    })!
    expect(small.parts[1]).toMatchObject({ verdict: 'normal' })
  })

  it('is inconclusive on too few events and on unknown volumes', () => {
    const few = attribute(
      [
        [2, 4],
        [1, 4],
      ],
      5,
    )!
    expect(few.parts.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive'])
    expect(few.parts[1]!.reason).toMatch(/10 arrivals in 5 min; at least 50 are needed/)
    const unknown = attribute([
      [600, 600],
      [null, 588],
      [400, 519],
    ])!
    expect(unknown.parts[1]).toMatchObject({ verdict: 'inconclusive', change: 0 })
    expect(unknown.parts[2]).toMatchObject({ verdict: 'abnormal', change: expect.closeTo(-119, 6) })
  })

  it('does not trust events that follow a step without any', () => {
    const found = attribute([
      [0, 600],
      [500, 588],
      [480, 560],
    ])!
    expect(found.parts[0]!.verdict).toBe('inconclusive')
    expect(found.parts[1]!.verdict).toBe('inconclusive')
    expect(found.parts[0]!.reason).toMatch(/cannot be trusted/)
    expect(sum(found.parts.map(({ change }) => change))).toBeCloseTo(-80, 6)
  })

  it('is null when its ends are not known', () => {
    expect(
      attribute([
        [null, 600],
        [1, 2],
      ]),
    ).toBeNull()
    expect(
      attribute([
        [1, 2],
        [1, null],
      ]),
    ).toBeNull()
    expect(attribute([[1, 2]])).toBeNull()
    expect(attribute([])).toBeNull()
  })
})
