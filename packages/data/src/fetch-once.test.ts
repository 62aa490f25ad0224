import { describe, expect, it } from 'vitest'
import { fetchOnce } from './fetch-once.ts'

describe('fetchOnce', () => {
  it('sends identical questions once, and others each', async () => {
    const sent: string[] = []
    const open = fetchOnce()
    const ask = (source: string, key: string) =>
      open(source)({ key }, async () => {
        sent.push(key)
        return key
      })
    expect(await Promise.all([ask('one', 'a'), ask('one', 'a'), ask('one', 'b')])).toEqual(['a', 'a', 'b'])
    await ask('other', 'a')
    await ask('one', 'a2')
    expect(sent).toEqual(['a', 'b', 'a', 'a2'])
  })

  it('asks again after a failure, and when the answer is old or pushed out', async () => {
    let calls = 0
    const failing = fetchOnce()('one')
    const fail = async () => {
      calls++
      throw new Error('down')
    }
    await expect(failing({ key: 'a' }, fail)).rejects.toThrow('down')
    await expect(failing({ key: 'a' }, fail)).rejects.toThrow('down')
    expect(calls).toBe(2)

    for (const options of [{ milliseconds: -1 }, { entries: 1 }]) {
      let asked = 0
      const fetch = fetchOnce(options)('one')
      for (const key of ['a', 'b', 'a']) await fetch({ key }, async () => ++asked)
      expect(asked).toBe(3)
    }
  })

  it('runs a few at a time at one source', async () => {
    let running = 0
    let most = 0
    const ends: (() => void)[] = []
    const fetch = fetchOnce({ concurrency: 2 })('one')
    const all = Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((key) =>
        fetch({ key }, async () => {
          most = Math.max(most, ++running)
          await new Promise<void>((resolve) => ends.push(resolve))
          running--
        }),
      ),
    )
    for (let ended = 0; ended < 5; ended++) {
      while (ends.length === 0) await Promise.resolve()
      ends.shift()!()
    }
    await all
    expect(most).toBe(2)
  })
})
