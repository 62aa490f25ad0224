import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waterfallLayout } from './waterfall-geometry.ts'

const parts = [
  { name: 'source', change: 2, verdict: 'normal' as const },
  { name: 'payment', change: -61, verdict: 'abnormal' as const },
]

describe('waterfallLayout', () => {
  it('steps from expected to now, each part beginning where the last ended', () => {
    const { bars, sum } = waterfallLayout({ expected: 500, actual: 441, parts })
    expect(bars.map((bar) => [bar.name, bar.from, bar.to])).toEqual([
      ['expected', 0, 500],
      ['source', 500, 502],
      ['payment', 502, 441],
      ['now', 0, 441],
    ])
    expect(sum).toBeCloseTo(-0.118)
  })
  it('shows a remainder that the parts do not explain', () => {
    const { bars } = waterfallLayout({ expected: 500, actual: 400, parts })
    expect(bars.find((bar) => bar.kind === 'unexplained')).toMatchObject({ from: 441, to: 400 })
  })
  it('has no shares when nothing was expected', () => {
    const { bars, sum } = waterfallLayout({ expected: 0, actual: 0, parts: [] })
    expect([bars[0]?.share, sum === null]).toEqual([null, true])
  })
  it('cuts the drawing only when the loss is small, and a deep loss stands on zero', () => {
    expect(waterfallLayout({ expected: 500, actual: 441, parts }).floor).toBeGreaterThan(300)
    expect(waterfallLayout({ expected: 500, actual: 100, parts: [] }).floor).toBe(0)
  })
  it('always ends at now, inside the drawing', () => {
    const level = fc.double({ min: 0, max: 1e6, noNaN: true })
    const change = fc.double({ min: -1e5, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(level, level, fc.array(change, { maxLength: 6 }), (expected, actual, changes) => {
        const layout = waterfallLayout({
          expected,
          actual,
          parts: changes.map((each, index) => ({ name: `p${index}`, change: each, verdict: 'normal' as const })),
        })
        const before = layout.bars.at(-2)!
        expect(Math.abs(before.to - actual)).toBeLessThanOrEqual(expected * 0.0005 + 1e-6)
        for (const bar of layout.bars) {
          expect(bar.to).toBeGreaterThanOrEqual(layout.floor - 1e-9)
          expect(bar.to).toBeLessThanOrEqual(layout.ceiling + 1e-9)
        }
      }),
    )
  })
})
