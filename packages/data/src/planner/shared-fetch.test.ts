import { describe, expect, it, vi } from 'vitest'
import { DataError } from '../data-error.ts'
import { noCost, withinCall } from './call-scope.ts'
import { createRunScope, createRunScopes, runLimits, type RunScope } from './run-scope.ts'
import { createPlanner, plannerLimits, type PlannerLimits } from './shared-fetch.ts'

const down = (message = 'Nobody answers.') => new DataError('source-unreachable', message, { fix: 'Start it.' })
const never = () => new Promise<never>(() => {})
const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

/** A clock that is set by hand, for what is kept and left alone. */
function planner(limits: Partial<PlannerLimits> = {}) {
  let at = 0
  const noon = Date.UTC(2026, 9, 14, 12)
  const made = createPlanner(limits, { now: () => at, date: () => noon + at })
  return { ...made, noon, pass: (milliseconds: number) => (at += milliseconds) }
}

const gate = (more: Partial<PlannerLimits['gate']>) => ({ ...plannerLimits.gate, ...more })

describe('answers', () => {
  it('sends identical questions once, for all runs, and others each', async () => {
    const { fetchFor } = planner()
    const [one, other] = [fetchFor('a', 'a'), fetchFor('a', 'a with another secret')]
    const send = vi.fn<() => Promise<unknown>>(async () => ({ points: 1 }))
    await Promise.all([one({ key: 'x' }, send), one({ key: 'x' }, send), one({ key: 'y' }, send)])
    await one({ key: 'x' }, send)
    expect(send).toHaveBeenCalledTimes(2)
    await other({ key: 'x' }, send)
    expect(send).toHaveBeenCalledTimes(3)
  })

  it('keeps what tells of the newest time shortly, of a closed past longer, failures not at all', async () => {
    const { fetchFor, pass, noon } = planner()
    const fetch = fetchFor('a', 'a')
    const send = vi.fn<() => Promise<number>>(async () => 1)
    const ask = (key: string, until?: number) => fetch(until === undefined ? { key } : { key, until }, send)
    await Promise.all([ask('new', noon), ask('old', noon - 3_600_000), ask('unknown')])
    pass(6_000)
    await Promise.all([ask('new', noon), ask('old', noon - 3_600_000), ask('unknown')])
    expect(send).toHaveBeenCalledTimes(5)
    pass(700_000)
    await ask('old', noon - 3_600_000)
    expect(send).toHaveBeenCalledTimes(6)
    const failing = vi.fn<() => Promise<never>>(async () => Promise.reject(down()))
    await expect(fetch({ key: 'f' }, failing)).rejects.toThrow('Nobody answers.')
    await expect(fetch({ key: 'f' }, failing)).rejects.toThrow('Nobody answers.')
    expect(failing).toHaveBeenCalledTimes(2)
  })

  it('is bounded in entries and bytes', async () => {
    const { fetchFor, held } = planner({ cache: { ...plannerLimits.cache, entries: 10, bytes: 1_000_000 } })
    const fetch = fetchFor('a', 'a')
    for (let index = 0; index < 30; index++) await fetch({ key: `k${index}` }, async () => 'x')
    expect(held().entries).toBe(10)
    const answer = () => Promise.resolve(Array.from({ length: 3_000 }, (_, index): [number, number] => [index, 0.5]))
    for (let index = 0; index < 30; index++) await fetch({ key: `big${index}` }, answer)
    expect(held().bytes).toBeLessThanOrEqual(1_000_000)
    expect(held().entries).toBeLessThan(8)
    // One that would push all others out is given, not kept.
    const { entries } = held()
    await fetch({ key: 'huge' }, () => Promise.resolve('x'.repeat(400_000)))
    expect(held().entries).toBe(entries)
  })

  it('says what a call took', async () => {
    const { fetchFor, pass } = planner()
    const fetch = fetchFor('a', 'a')
    const cost = () => ({ points: 500, series: 2 })
    const call = { scope: null, signal: null, cost: noCost() }
    await withinCall(call, async () => {
      await fetch({ key: 'x', cost }, async () => pass(250))
      await fetch({ key: 'x', cost }, async () => pass(250))
    })
    expect(call.cost).toEqual({ points: 1000, series: 4, seconds: 0.25, fetched: 1, shared: 1 })
  })
})

describe('turns', () => {
  it('runs a few at a time at one source, and others are not delayed', async () => {
    const { fetchFor } = planner({ gate: gate({ concurrency: 2 }) })
    const slow = fetchFor('slow', 'slow')
    const sent: string[] = []
    for (const key of ['a', 'b', 'c'])
      void slow({ key }, () => {
        sent.push(key)
        return never()
      })
    await settled()
    expect(sent).toEqual(['a', 'b'])
    expect(await fetchFor('fast', 'fast')({ key: 'a' }, async () => 7)).toBe(7)
  })

  it('serves runs in turns, so that one that asks a hundred delays another by one', async () => {
    const { fetchFor } = planner({ gate: gate({ concurrency: 1 }) })
    const fetch = fetchFor('a', 'a')
    const order: string[] = []
    const asks = (id: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        withinCall({ scope: createRunScope(id), signal: null, cost: noCost() }, () =>
          fetch({ key: `${id}${index}` }, async () => {
            order.push(`${id}${index}`)
            await settled()
          }),
        ),
      )
    await Promise.all([...asks('many', 100), ...asks('few', 2)])
    expect(order.indexOf('few0')).toBeLessThanOrEqual(3)
    expect(order.indexOf('few1')).toBeLessThanOrEqual(5)
    expect(order).toHaveLength(102)
  })

  it('does not let wait for ever, nor too many', async () => {
    const { fetchFor } = planner({ gate: { concurrency: 1, waiting: 1, waitMilliseconds: 20 } })
    const fetch = fetchFor('shop-metrics', 'a')
    void fetch({ key: 'hangs' }, never)
    await settled()
    const waits = fetch({ key: 'b' }, async () => 1)
    await expect(fetch({ key: 'c' }, async () => 1)).rejects.toMatchObject({
      code: 'source-busy',
      retryable: true,
      message: '"shop-metrics" has too much to do: 1 questions wait already.',
    })
    await expect(waits).rejects.toMatchObject({
      code: 'source-busy',
      message: '"shop-metrics" has too much to do: no place within 0.02 s.',
    })
  })

  it('gives up a source that hangs, and its place is free again when it is done', async () => {
    const { fetchFor } = planner({ gate: gate({ concurrency: 1 }), questionMilliseconds: 20 })
    const fetch = fetchFor('shop-metrics', 'a')
    const heard = new Promise<unknown>((resolve) => {
      fetch(
        { key: 'x' },
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      ).catch(resolve)
    })
    expect(await heard).toMatchObject({
      code: 'source-unreachable',
      message: '"shop-metrics" did not answer within 0.02 s.',
    })
    expect(await fetch({ key: 'y' }, async () => 1)).toBe(1)
    // One that does not heed that it is given up keeps its place as long again, not for ever.
    await expect(fetch({ key: 'z' }, never)).rejects.toThrow('did not answer')
    expect(await fetch({ key: 'w' }, async () => 2)).toBe(2)
  })

  it('stops a question when all who waited have gone, not before', async () => {
    const { fetchFor } = planner()
    const fetch = fetchFor('a', 'a')
    const [first, second] = [new AbortController(), new AbortController()]
    let stopped = false
    const ask = (signal: AbortSignal) =>
      withinCall({ scope: null, signal, cost: noCost() }, () =>
        fetch({ key: 'x' }, (drop) => {
          drop.addEventListener('abort', () => (stopped = true))
          return never()
        }),
      )
    const [a, b] = [ask(first.signal), ask(second.signal)]
    await settled()
    first.abort(new Error('the run was cancelled'))
    await expect(a).rejects.toThrow('the run was cancelled')
    expect(stopped).toBe(false)
    second.abort(new Error('that one too'))
    await expect(b).rejects.toThrow('that one too')
    expect(stopped).toBe(true)
    // Nobody is told the end of what was dropped.
    expect(await fetch({ key: 'x' }, async () => 3)).toBe(3)
  })
})

describe('a source that fails', () => {
  it('is left alone for a growing, bounded time, with one question that tries', async () => {
    const { fetchFor, pass, noon } = planner({
      circuit: { failures: 3, firstMilliseconds: 1_000, longestMilliseconds: 4_000 },
    })
    const fetch = fetchFor('shop-metrics', 'a')
    let sent = 0
    const ask = () =>
      fetch({ key: `${sent}` }, async () => {
        sent += 1
        throw down()
      })
    for (let index = 0; index < 3; index++) await expect(ask()).rejects.toThrow('Nobody answers.')
    await expect(ask()).rejects.toMatchObject({
      code: 'source-busy',
      retryable: true,
      message:
        '"shop-metrics" failed 3 times in a row and is left alone until 12:00:01 UTC. The last time: Nobody answers.',
    })
    expect(sent).toBe(3)
    let passed = 0
    for (const alone of [1_000, 2_000, 4_000, 4_000]) {
      passed += alone - 1
      pass(alone - 1)
      await expect(ask()).rejects.toThrow(`left alone until ${new Date(noon + passed + 1).toISOString().slice(11, 19)}`)
      pass(1)
      passed += 1
      await expect(ask()).rejects.toThrow('Nobody answers.')
    }
    pass(4_000)
    const slow = Promise.withResolvers<number>()
    const probe = fetch({ key: 'probe' }, () => slow.promise)
    await settled()
    await expect(ask()).rejects.toThrow('until the one question that tries it now is answered')
    slow.resolve(1)
    await probe
    // It is as before: one failure does nothing.
    await expect(ask()).rejects.toThrow('Nobody answers.')
    await expect(ask()).rejects.toThrow('Nobody answers.')
    expect(await fetchFor('other', 'b')({ key: 'x' }, async () => 1)).toBe(1)
  })

  it('is not left alone for refusing what is wrong, nor when nobody waited', async () => {
    const { fetchFor } = planner()
    const fetch = fetchFor('a', 'a')
    const refuse = async () => {
      throw new DataError('source-refused', 'bad regex', { fix: 'Correct it.' })
    }
    for (let index = 0; index < 10; index++)
      await expect(fetch({ key: `${index}` }, refuse)).rejects.toThrow('bad regex')
    for (let index = 0; index < 10; index++) {
      const gone = new AbortController()
      const asked = withinCall({ scope: null, signal: gone.signal, cost: noCost() }, () =>
        fetch(
          { key: `gone ${index}` },
          (drop) => new Promise((_, reject) => drop.addEventListener('abort', () => reject(down()))),
        ),
      )
      await settled()
      gone.abort(new Error('cancelled'))
      await expect(asked).rejects.toThrow('cancelled')
      await settled()
    }
    expect(await fetch({ key: 'x' }, async () => 1)).toBe(1)
  })

  it('is left alone once, however many fail together', async () => {
    const { fetchFor, pass } = planner({ gate: gate({ concurrency: 50 }) })
    const fetch = fetchFor('a', 'a')
    const all = Array.from({ length: 50 }, (_, index) =>
      fetch({ key: `${index}` }, async () => {
        await settled()
        throw down()
      }),
    )
    expect((await Promise.allSettled(all)).every(({ status }) => status === 'rejected')).toBe(true)
    pass(1_000)
    expect(await fetch({ key: 'x' }, async () => 1)).toBe(1)
  })
})

describe('what a run may read', () => {
  const limits = { ...runLimits, points: 1_000, perSource: { points: 600, series: 50, seconds: 10 } }
  const ask = (
    scope: RunScope,
    fetch: ReturnType<ReturnType<typeof createPlanner>['fetchFor']>,
    key: string,
    points = 300,
  ) =>
    withinCall({ scope, signal: null, cost: noCost() }, () =>
      fetch({ key, cost: () => ({ points, series: 1 }) }, async () => key),
    )

  it('is refused with what was spent, and other runs go on', async () => {
    const { fetchFor } = planner()
    const [metrics, sql] = [fetchFor('metrics', 'm'), fetchFor('sql', 's')]
    const scope = createRunScope('run-1', limits)
    await ask(scope, metrics, 'a')
    await ask(scope, metrics, 'b')
    await expect(ask(scope, metrics, 'c')).rejects.toMatchObject({
      code: 'budget-spent',
      retryable: false,
      message: 'This run has read 600 points of "metrics"; one run may not read more.',
    })
    await ask(scope, sql, 'a')
    await expect(ask(scope, sql, 'b')).rejects.toThrow('1,000 points of its sources')
    await ask(createRunScope('run-2', limits), metrics, 'c')
    expect(scope.spent()).toEqual({ points: 1_200, series: 4, seconds: 0 })
  })

  it('counts what is shared, but not the time that it took', async () => {
    const { fetchFor, pass } = planner()
    const fetch = fetchFor('metrics', 'm')
    const [one, two] = [createRunScope('one'), createRunScope('two')]
    const asking = (scope: RunScope) =>
      withinCall({ scope, signal: null, cost: noCost() }, () =>
        fetch({ key: 'a', cost: () => ({ points: 5, series: 1 }) }, async () => pass(3_000)),
      )
    await asking(one)
    await asking(two)
    expect(one.spent()).toEqual({ points: 5, series: 1, seconds: 3 })
    expect(two.spent()).toEqual({ points: 5, series: 1, seconds: 0 })
  })

  it('is one scope a run, and the longest unused is forgotten', () => {
    const scopeOf = createRunScopes({ most: 2 })
    const first = scopeOf('a')
    scopeOf('b')
    expect(scopeOf('a')).toBe(first)
    const second = scopeOf('b')
    scopeOf('c')
    expect(scopeOf('b')).toBe(second)
    expect(scopeOf('a')).not.toBe(first)
  })
})
