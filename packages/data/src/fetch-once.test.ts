import { describe, expect, it } from 'vitest'
import { fetchOnce } from './fetch-once.ts'
import type { RangeAnswer } from './prometheus.ts'

const address = { url: 'http://a', secret: null }
const query = (expression: string) => ({ expression, from: 0, to: 1, stepSeconds: 1 })
const empty: RangeAnswer = { series: [], dialect: 'promql', incomplete: null }

describe('fetchOnce', () => {
  it('sends identical queries once, and others each', async () => {
    const sent: string[] = []
    const { fetch } = fetchOnce(async (_, { expression }) => {
      sent.push(expression)
      return empty
    })
    await Promise.all([fetch(address, query('a')), fetch(address, query('a')), fetch(address, query('b'))])
    await fetch({ ...address, secret: 'other' }, query('a'))
    await fetch(address, { ...query('a'), to: 2 })
    expect(sent).toEqual(['a', 'b', 'a', 'a'])
  })

  it('asks again after a failure, and when the answer is old or pushed out', async () => {
    let calls = 0
    const failing = fetchOnce(async () => {
      calls++
      throw new Error('down')
    })
    await expect(failing.fetch(address, query('a'))).rejects.toThrow('down')
    await expect(failing.fetch(address, query('a'))).rejects.toThrow('down')
    expect(calls).toBe(2)

    for (const options of [{ milliseconds: -1 }, { entries: 1 }]) {
      let asked = 0
      const { fetch } = fetchOnce(async () => {
        asked++
        return empty
      }, options)
      for (const expression of ['a', 'b', 'a']) await fetch(address, query(expression))
      expect(asked).toBe(3)
    }
  })

  it('runs a few at a time at one source', async () => {
    let running = 0
    let most = 0
    const ends: (() => void)[] = []
    const { fetch } = fetchOnce(
      async () => {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => ends.push(resolve))
        running--
        return empty
      },
      { concurrency: 2 },
    )
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((expression) => fetch(address, query(expression))))
    for (let ended = 0; ended < 5; ended++) {
      while (ends.length === 0) await Promise.resolve()
      ends.shift()!()
    }
    await all
    expect(most).toBe(2)
  })
})
