import { describe, expect, it } from 'vitest'
import { candidatesOf, whereText } from './localise-candidates.ts'
import type { MeasuredCell } from './localise-candidates.ts'

function cell(dimensions: Record<string, string>, affected = false): MeasuredCell {
  const baseline = { baselineTotal: 100, baselineBad: 1 }
  return { dimensions, total: 100, bad: 10, ...baseline, excess: affected ? 9 : 0, variance: 1, affected, isNew: false }
}

describe('candidatesOf', () => {
  const cells = [
    cell({ zone: 'A', host: 'a1' }, true),
    cell({ zone: 'A', host: 'a2' }),
    cell({ zone: 'B', host: 'b1' }, true),
    cell({ zone: 'B', host: 'b2' }),
  ]

  it('gives values, failing values together, and pairs that say something new', () => {
    const texts = candidatesOf(cells, ['zone', 'host']).map(({ where }) => whereText(where))
    expect(texts).toEqual(['zone A', 'zone B', 'host a1', 'host a2', 'host b1', 'host b2', 'host a1, b1'])
  })

  it('gives pairs that no single value holds', () => {
    const crossed = ['A', 'B'].flatMap((zone) => ['v1', 'v2'].map((version) => cell({ zone, version })))
    const texts = candidatesOf(crossed, ['version', 'zone']).map(({ where }) => whereText(where))
    expect(texts).toContain('version v2, zone A')
    expect(texts).toHaveLength(8)
  })

  it('does not list a square of many hosts', () => {
    const many = Array.from({ length: 200 }, (_, index) => cell({ rack: `r${index % 100}`, host: `h${index}` }))
    expect(candidatesOf(many, ['rack', 'host']).length).toBeLessThanOrEqual(300 + 12 * 12)
  })
})

it('whereText shortens long lists', () => {
  expect(whereText({ host: ['a', 'b', 'c', 'd', 'e'], version: ['v2'] })).toBe('host a, b, c and 2 more, version v2')
})
