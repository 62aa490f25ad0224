import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankRootCauses, type RootCauseNode } from './rank-root-causes.ts'

const badFrom = 20
const steps = 30
const historySteps = 120

interface Fate {
  /** Seconds (or share failed) of a request before and while it is bad. */
  each: [well: number, bad: number]
  requests?: number
}

/** Wobbles by some per cent, otherwise for each node. */
const wobble = (level: number, step: number, seed: number) =>
  level * (1 + 0.03 * Math.sin(step * (1.7 + seed / 7) + seed))

function node(id: string, { each: [well, bad], requests = 100 }: Fate, seed: number): RootCauseNode {
  const flow = (count: number, at: (step: number) => number) => ({
    requests: Array.from({ length: count }, (_, step) => wobble(requests, step, seed + 0.5)),
    seconds: Array.from({ length: count }, (_, step) => wobble(at(step), step, seed)),
  })
  return {
    id,
    history: flow(historySteps, () => well),
    recent: flow(steps, (step) => (step >= badFrom ? bad : well)),
  }
}

const calls: [string, string][] = [
  ['web', 'cart'],
  ['web', 'pay'],
  ['pay', 'risk'],
  ['pay', 'bank'],
]
const well: Record<string, Fate> = {
  web: { each: [0.4, 0.4] },
  cart: { each: [0.1, 0.1] },
  pay: { each: [0.2, 0.2] },
  risk: { each: [0.05, 0.05] },
  bank: { each: [0.1, 0.1] },
}
const nodesOf = (fates: Record<string, Fate>) =>
  Object.entries({ ...well, ...fates }).map(([id, fate], seed) => node(id, fate, seed))
const rank = (fates: Record<string, Fate>, more: Partial<Parameters<typeof rankRootCauses>[0]> = {}) =>
  rankRootCauses({ target: 'web', symptom: 'latency', nodes: nodesOf(fates), calls, badFrom, ...more })

describe('which node is the root', () => {
  it('the deepest that added time itself, with the way to it; those between are its echoes', () => {
    const answer = rank({ web: { each: [0.4, 0.9] }, pay: { each: [0.2, 0.7] }, bank: { each: [0.1, 0.6] } })
    expect(answer.status).toBe('found')
    const [first] = answer.ranked
    expect(first).toMatchObject({ id: 'bank', path: ['web', 'pay', 'bank'] })
    expect(first?.share).toBeGreaterThan(0.9)
    expect(first?.supports).toContain('nothing that it waits for is slower or failing')
    const pay = answer.ranked.find(({ id }) => id === 'pay')
    expect(pay?.share).toBeLessThan(0.05)
    expect(pay?.against[0]).toMatch(/is explained by what it waits for, most by bank/)
    expect(answer.ranked.find(({ id }) => id === 'cart')?.against[0]).toMatch(/^within its usual/)
  })

  it('the caller itself when what it calls explains little of it', () => {
    const answer = rank({ web: { each: [0.4, 0.9] }, pay: { each: [0.2, 0.7] }, bank: { each: [0.1, 0.15] } })
    expect(answer.ranked[0]?.id).toBe('pay')
    expect(answer.ranked[0]?.supports.join()).toContain('what it waits for explains')
  })

  it('the target itself', () => {
    expect(rank({ web: { each: [0.4, 0.9] } }).ranked[0]).toMatchObject({ id: 'web', path: ['web'] })
  })

  it('a node that is slower by much but asked seldom adds little', () => {
    const answer = rank({
      web: { each: [0.4, 0.6] },
      pay: { each: [0.2, 0.4] },
      cart: { each: [0.1, 0.4], requests: 1 },
    })
    expect(answer.ranked[0]?.id).toBe('pay')
  })

  it('without a time the course of the target tells when it was bad', () => {
    const nodes = nodesOf({ web: { each: [0.4, 0.9] }, pay: { each: [0.2, 0.7] }, bank: { each: [0.1, 0.6] } })
    const answer = rankRootCauses({ target: 'web', symptom: 'latency', nodes, calls })
    expect([answer.status, answer.ranked[0]?.id]).toEqual(['found', 'bank'])
  })

  it('what nobody called before is its caller\u2019s doing', () => {
    const strange = node('strange', { each: [0.5, 0.5] }, 9)
    const none = { ...strange, history: { requests: Array.from({ length: historySteps }, () => 0), seconds: [] } }
    const started = {
      ...none,
      recent: {
        ...strange.recent,
        requests: strange.recent.requests.map((count, step) => (step >= badFrom ? count : 0)),
      },
    }
    const answer = rank(
      { web: { each: [0.4, 0.9] }, pay: { each: [0.2, 0.7] } },
      {
        nodes: [...nodesOf({ web: { each: [0.4, 0.9] }, pay: { each: [0.2, 0.7] } }), started],
        calls: [...calls, ['pay', 'strange']],
      },
    )
    expect(answer.ranked[0]?.id).toBe('pay')
    expect(answer.ranked.find(({ id }) => id === 'strange')?.against).toEqual([
      'nobody called it before: its callers began to',
    ])
  })

  it('a database that is told by its waits takes what its caller added', () => {
    const waits = (level: number, count: number) => Array.from({ length: count }, (_, step) => wobble(level, step, 3))
    const database: RootCauseNode = {
      id: 'db',
      history: { requests: [] },
      recent: { requests: [] },
      signs: [
        {
          title: 'Wait',
          history: waits(0.01, historySteps),
          recent: [...waits(0.01, badFrom), ...waits(0.4, steps - badFrom)],
          bad: 'up',
        },
      ],
    }
    const fates = { web: { each: [0.4, 0.9] as [number, number] }, pay: { each: [0.2, 0.7] as [number, number] } }
    const linked: [string, string][] = [...calls, ['pay', 'db']]
    const ill = rank(fates, { nodes: [...nodesOf(fates), database], calls: linked })
    expect(ill.ranked[0]).toMatchObject({ id: 'db', path: ['web', 'pay', 'db'] })
    const calm = { ...database, signs: [{ ...database.signs![0]!, recent: waits(0.01, steps) }] }
    expect(rank(fates, { nodes: [...nodesOf(fates), calm], calls: linked }).ranked[0]?.id).toBe('pay')
  })

  it('strangers that became worse as well point to something shared', () => {
    const fates = { web: { each: [0.4, 0.9] as [number, number] }, pay: { each: [0.2, 0.7] as [number, number] } }
    const others = ['mail', 'search', 'images'].map((id, seed) => node(id, { each: [0.3, 0.9] }, 20 + seed))
    const answer = rank(fates, { nodes: [...nodesOf(fates), ...others] })
    expect(answer.status).toBe('spread')
    expect(answer.ranked[0]?.against.join()).toContain('mail, search, images became worse as well')
    const calm = ['mail', 'search', 'images'].map((id, seed) => node(id, { each: [0.3, 0.3] }, 20 + seed))
    expect(rank(fates, { nodes: [...nodesOf(fates), ...calm] }).status).toBe('found')
  })

  it('a usual time is nothing', () => {
    expect(rank({}).status).toBe('nothing')
  })

  it('circles of calls are cut and told', () => {
    const fates = { web: { each: [0.4, 0.9] as [number, number] }, pay: { each: [0.2, 0.7] as [number, number] } }
    const answer = rank(fates, { calls: [...calls, ['bank', 'pay'], ['risk', 'web'], ['pay', 'pay']] })
    expect(answer.ranked[0]?.id).toBe('pay')
    expect(answer.notes).toEqual([
      'the call from risk to web closes a circle and was left out',
      'the call from bank to pay closes a circle and was left out',
    ])
  })

  it('no figures, no history and an unknown target are inconclusive, never nothing', () => {
    expect(rank({}, { target: 'nobody' })).toMatchObject({ status: 'inconclusive', ranked: [] })
    expect(rank({}, { nodes: [] }).status).toBe('inconclusive')
    const silent = nodesOf({}).map((one) => ({ ...one, recent: { requests: [], seconds: [] } }))
    expect(rank({}, { nodes: silent }).status).toBe('inconclusive')
    const young = nodesOf({}).map((one) => ({ ...one, history: { requests: [], seconds: [] } }))
    expect(rank({}, { nodes: young })).toMatchObject({
      status: 'inconclusive',
      reason: expect.stringContaining('history is too short'),
    })
  })
})

describe('whatever it is given', () => {
  const value = fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
    fc.constantFrom(null, 0, -5, Number.NaN, Number.POSITIVE_INFINITY, 1e300),
  )
  const series = fc.array(value, { maxLength: 30 })
  const flow = fc.record({ requests: series, seconds: series, errorShare: series })
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const sign = fc.record({
    title: fc.constant('Wait'),
    history: series,
    recent: series,
    bad: fc.constantFrom('up', 'down'),
  })
  const input = fc.record({
    target: name,
    symptom: fc.constantFrom('latency', 'errors'),
    nodes: fc.uniqueArray(
      fc.record({ id: name, history: flow, recent: flow, signs: fc.array(sign, { maxLength: 2 }) }),
      { selector: ({ id }) => id },
    ),
    calls: fc.array(fc.tuple(name, name), { maxLength: 20 }),
    badFrom: fc.option(fc.integer({ min: -2, max: 40 }), { nil: undefined }),
  })

  it('any series over any graph get a finite answer with a reason', () => {
    fc.assert(
      fc.property(input, ({ badFrom: from, ...rest }) => {
        const answer = rankRootCauses({ ...rest, ...(from === undefined ? {} : { badFrom: from }) } as Parameters<
          typeof rankRootCauses
        >[0])
        expect(answer.reason).not.toBe('')
        expect(JSON.stringify([answer.reason, answer.notes, answer.ranked.map((one) => one.supports)])).not.toMatch(
          /NaN|Infinity|undefined/,
        )
        expect(answer.ranked.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
        for (const { share, own, extra, score, path } of answer.ranked) {
          expect(share).toBeGreaterThanOrEqual(0)
          for (const figure of [own, extra, score]) expect(figure === null || Number.isFinite(figure)).toBe(true)
          expect(path[0]).toBe(rest.target)
        }
      }),
    )
  })
})
