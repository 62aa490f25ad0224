import { describe, expect, it } from 'vitest'
import { normalOf, randomOf } from '../../test/simulated-traffic.ts'
import { closeBlock, overRecord, recordSlots, startRecords } from './records.ts'

const blockPoints = 24

/** Blocks in which something passes the bar, one count a block. */
function passed(draw: () => number, { blocks }: { blocks: number }): boolean[] {
  const state = new Float32Array(recordSlots)
  startRecords(state, 0)
  return Array.from({ length: blocks }, () => {
    let over = false
    for (let point = 0; point < blockPoints; point += 1) if (overRecord(state, 0, draw(), true) > 1) over = true
    closeBlock(state, 0)
    return over
  })
}

describe('records', () => {
  it.each([
    ['normal', (random: () => number) => Math.abs(normalOf(random))],
    ['heavy tails', (random: () => number) => random() ** -2],
  ])('whatever the tail (%s), of n blocks the next passes the fourth largest in about 4 / n of cases', (_, draw) => {
    let found = 0
    const repeats = 300
    for (let seed = 1; seed <= repeats; seed += 1) {
      const random = randomOf(seed)
      found += passed(() => draw(random), { blocks: 81 }).at(-1) === true ? 1 : 0
    }
    // 4 / 81 and a little for the fading of old records; 300 repeats know it to 0.013.
    expect(found / repeats).toBeGreaterThan(0.015)
    expect(found / repeats).toBeLessThan(0.11)
  })

  it('becomes quieter as a series becomes known', () => {
    const random = randomOf(3)
    const all = passed(() => Math.abs(normalOf(random)), { blocks: 400 })
    const early = all.slice(5, 45).filter(Boolean).length
    const late = all.slice(-40).filter(Boolean).length
    expect(late).toBeLessThan(early)
  })

  it('what has no tail passes again when its records have faded below its bulk, not before', () => {
    const random = randomOf(4)
    const all = passed(random, { blocks: 400 })
    expect(all.slice(5, 15).some(Boolean)).toBe(true)
    // A fourth largest of nearly 1 fades by 1.2, the member's margin, in 76 blocks.
    const state = new Float32Array(recordSlots)
    for (let block = 0; block < 4; block += 1) {
      overRecord(state, 0, 1, true)
      closeBlock(state, 0)
    }
    const bars = Array.from({ length: 100 }, () => {
      closeBlock(state, 0)
      return overRecord(state, 0, 0, true) === 0 ? state[recordSlots - 1]! : Number.NaN
    })
    expect(bars[50]!).toBeGreaterThan(1 / 1.2)
    expect(bars[90]!).toBeLessThan(1 / 1.2)
  })

  it('a first movement counts only when stillness was long', () => {
    const state = new Float32Array(recordSlots)
    expect(overRecord(state, 0, 0, true)).toBe(0)
    expect(overRecord(state, 0, 1, false)).toBe(0)
    expect(overRecord(state, 0, 1, true)).toBeGreaterThan(1)
  })
})
