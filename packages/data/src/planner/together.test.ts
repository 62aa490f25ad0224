import { describe, expect, it } from 'vitest'
import { DataError } from '../data-error.ts'
import { noCost, withinCall } from './call-scope.ts'
import { createRunScope } from './run-scope.ts'
import { createPlanner, plannerLimits } from './shared-fetch.ts'

/** A source whose answer to a question is the question; `bad` ones fail. */
function source({ concurrency = 1, takes = 0 }: { concurrency?: number; takes?: number } = {}) {
  let at = 0
  const requests: string[][] = []
  const { fetchFor } = createPlanner(
    { gate: { ...plannerLimits.gate, concurrency } },
    { now: () => at, date: () => at },
  )
  const fetch = fetchFor('metrics', 'm')
  const answerTo = (key: string): PromiseSettledResult<string> =>
    key.startsWith('bad')
      ? { status: 'rejected', reason: new DataError('source-refused', `${key} is wrong`, { fix: '' }) }
      : { status: 'fulfilled', value: key }
  const ask = (key: string, { group = 'g', size = 0.01 } = {}): Promise<string> =>
    fetch(
      {
        key,
        together: {
          group,
          size,
          async send(questions) {
            requests.push(questions.map((one) => one.key))
            at += takes
            return questions.map((one) => answerTo(one.key))
          },
        },
      },
      async () => {
        requests.push([key])
        return key
      },
    )
  return { ask, requests, pass: (milliseconds: number) => (at += milliseconds) }
}

const asRun = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  withinCall({ scope: createRunScope(id), signal: null, cost: noCost() }, work)

describe('questions that go together', () => {
  it('are one request, and each is answered, shared and kept for itself', async () => {
    const { ask, requests } = source()
    expect(await Promise.all(['a', 'b', 'a', 'c'].map((key) => ask(key)))).toEqual(['a', 'b', 'a', 'c'])
    expect(await Promise.all(['b', 'd'].map((key) => ask(key)))).toEqual(['b', 'd'])
    expect(requests).toEqual([['a', 'b', 'c'], ['d']])
  })

  it('fail each for itself', async () => {
    const { ask, requests } = source()
    const ends = await Promise.allSettled(['a', 'bad', 'c'].map((key) => ask(key)))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await expect(ask('bad')).rejects.toThrow('bad is wrong')
    expect(requests).toEqual([['a', 'bad', 'c'], ['bad']])
  })

  it('are of one group and one run', async () => {
    const { ask, requests } = source({ concurrency: 2 })
    await Promise.all([
      ask('a'),
      ask('b', { group: 'other' }),
      asRun('one', () => ask('c')),
      asRun('one', () => ask('d')),
      asRun('two', () => ask('e')),
    ])
    expect(requests.map((keys) => keys.join(''))).toEqual(expect.arrayContaining(['a', 'b', 'cd', 'e']))
    expect(requests).toHaveLength(4)
  })

  it('are spread over half of the places, and no request is too long', async () => {
    const wide = source({ concurrency: 4 })
    await Promise.all(Array.from({ length: 12 }, (_, index) => wide.ask(`q${index}`)))
    expect(wide.requests.map(({ length }) => length)).toEqual([6, 6])
    const many = source({ concurrency: 2 })
    await Promise.all(Array.from({ length: 25 }, (_, index) => many.ask(`q${index}`)))
    expect(many.requests.map(({ length }) => length)).toEqual([10, 10, 5])
    const long = source({ concurrency: 1 })
    await Promise.all(Array.from({ length: 5 }, (_, index) => long.ask(`q${index}`, { size: 0.4 })))
    expect(long.requests.map(({ length }) => length)).toEqual([2, 2, 1])
    const huge = source({ concurrency: 1 })
    await Promise.all([huge.ask('x', { size: 7 }), huge.ask('y')])
    expect(huge.requests).toEqual([['x'], ['y']])
  })

  it('go alone for some minutes at a source that took long for them', async () => {
    const { ask, requests, pass } = source({ takes: 1_500 })
    await Promise.all([ask('a'), ask('b')])
    await Promise.all([ask('c'), ask('d')])
    pass(300_000)
    await Promise.all([ask('e'), ask('f')])
    expect(requests).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f']])
  })
})
