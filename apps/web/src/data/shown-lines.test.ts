import { describe, expect, it } from 'vitest'
import { highestLines, lineFigures, pressLine } from './shown-lines.ts'

const three = { count: 3, add: false }

describe('a press on the legend', () => {
  it('keeps only that line, and a second press brings all back', () => {
    const one = pressLine(new Set(), 1, three)
    expect([...one]).toEqual([0, 2])
    expect(pressLine(one, 1, three).size).toBe(0)
  })
  it('moves to another line', () => {
    expect([...pressLine(new Set([0, 2]), 2, three)]).toEqual([0, 1])
  })
  it('adds and takes away with a modifier, and never leaves nothing', () => {
    const two = pressLine(new Set([0, 2]), 2, { count: 3, add: true })
    expect([...two]).toEqual([0])
    const one = pressLine(two, 1, { count: 3, add: true })
    expect([...one]).toEqual([0, 1])
    expect(pressLine(one, 2, { count: 3, add: true }).size).toBe(0)
  })
})

describe('figures of a line', () => {
  it('leave gaps out and say when the last is one', () => {
    expect(
      lineFigures([
        [1, 2],
        [2, null],
        [3, 4],
      ]),
    ).toEqual({ mean: 3, last: 4, highest: 4 })
    expect(
      lineFigures([
        [1, 2],
        [2, null],
      ]),
    ).toEqual({ mean: 2, last: null, highest: 2 })
    expect(lineFigures([])).toEqual({ mean: null, last: null, highest: null })
  })
  it('choose the highest lines; those without data are last', () => {
    const line = (value: number | null) => ({ points: [[1, value]] as [number, number | null][] })
    const [a, b, c] = [line(1), line(null), line(5)]
    // In the order given: a line keeps its colour.
    expect(highestLines([a, b, c], 2)).toEqual([a, c])
    expect(highestLines([b], 2)).toEqual([b])
  })
})
