import { describe, expect, it } from 'vitest'
import { createIntervalMemory } from './interval-memory.ts'

const slot = 300_000
const range = (from: number, to: number) => ({ from: from * slot, to: to * slot })

function memory() {
  let at = 0
  const asked: [number, number][] = []
  const { counts } = createIntervalMemory(() => at)
  return {
    asked,
    pass: (milliseconds: number) => (at += milliseconds),
    async ask(
      selector: string,
      times: { from: number; to: number },
      countAt: (slot: number) => number | null = () => 20,
    ) {
      return counts(selector, times, async ({ from, to }) => {
        asked.push([from / slot, to / slot])
        const found = new Map<number, number>()
        for (let t = from; t <= to; t += slot) {
          const count = countAt(t / slot)
          if (count !== null) found.set(t, count)
        }
        return { found, dialect: 'metricsql' }
      })
    },
  }
}

describe('interval memory', () => {
  it('measures what it does not know, once, and takes the newest slot for as the one before', async () => {
    const { ask, asked } = memory()
    const first = await ask('x', range(9.5, 20.4))
    expect(first.counts).toEqual(Array.from({ length: 11 }, (_, index) => [(10 + index) * slot, 20]))
    await ask('x', range(10.2, 20.9))
    // The slot 21 has just ended: 20 holds for it.
    const next = await ask('x', range(10.2, 21.3))
    expect(next.counts.at(-1)).toEqual([20 * slot, 20])
    expect(asked).toEqual([[10, 20]])
    const later = await ask('x', range(12, 22.3))
    expect(asked).toEqual([
      [10, 20],
      [21, 22],
    ])
    expect(later.counts.at(-1)).toEqual([22 * slot, 20])
    await ask('y', range(12, 22.3))
    expect(asked).toHaveLength(3)
  })

  it('asks for the past when that is asked for, and for one moment', async () => {
    const { ask, asked } = memory()
    expect((await ask('x', range(20.5, 20.5))).counts).toEqual([[20 * slot, 20]])
    await ask('x', range(17, 19.2))
    expect(asked).toEqual([
      [20, 20],
      [17, 19],
    ])
  })

  it('forgets: soon that there was nothing, later what there was', async () => {
    const { ask, asked, pass } = memory()
    const partly = (t: number) => (t < 15 ? null : 20)
    expect((await ask('x', range(10, 20), partly)).counts[0]).toEqual([10 * slot, null])
    await ask('x', range(10, 20), partly)
    expect(asked).toHaveLength(1)
    pass(61_000)
    await ask('x', range(10, 20), partly)
    expect(asked.at(-1)).toEqual([10, 14])
    pass(3_600_000)
    await ask('x', range(10, 20), partly)
    expect(asked.at(-1)).toEqual([10, 20])
  })

  it('asks again after a failure', async () => {
    const { counts } = createIntervalMemory()
    await expect(counts('x', range(1, 2), async () => Promise.reject(new Error('down')))).rejects.toThrow('down')
    const { counts: found } = await counts('x', range(1, 2), async () => ({
      found: new Map([[2 * slot, 5]]),
      dialect: 'promql',
    }))
    expect(found).toEqual([
      [slot, null],
      [2 * slot, 5],
    ])
  })
})
