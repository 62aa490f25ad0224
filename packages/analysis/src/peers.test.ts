import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { splitPeers, type PeerSeries } from './peers.ts'
import { randomOf } from '../test/simulated-traffic.ts'

const ids = ['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'b-3']

/** Half an hour before, five minutes since, 30 s apart; `factors` are of the level since. */
function peersOf(factors: Record<string, number>, { seed = 1, noise = 0.1, shared = 1 } = {}): PeerSeries[] {
  const random = randomOf(seed)
  const around = (level: number) => level * Math.exp(noise * (random() + random() + random() - 1.5) * 2)
  return ids.map((id, index) => {
    // Each host has a level of its own, which is no finding.
    const level = 0.1 * (1 + index / 3)
    return {
      id,
      before: Array.from({ length: 60 }, () => around(level)),
      now: Array.from({ length: 10 }, () => around(level * shared * (factors[id] ?? 1))),
    }
  })
}
const seeds = Array.from({ length: 30 }, (_, seed) => seed + 1)
const outliersOf = (peers: PeerSeries[], bad: 'up' | 'down' = 'up') =>
  splitPeers(peers, { bad })
    .outliers.map(({ id }) => id)
    .toSorted()

describe('splitPeers', () => {
  it.each(seeds)('finds one, half, and all but one (seed %i)', (seed) => {
    expect(outliersOf(peersOf({ 'b-2': 2 }, { seed }))).toEqual(['b-2'])
    expect(outliersOf(peersOf({ 'a-1': 2, 'a-2': 2, 'a-3': 2 }, { seed }))).toEqual(['a-1', 'a-2', 'a-3'])
    const most = Object.fromEntries(ids.slice(1).map((id) => [id, 2]))
    expect(outliersOf(peersOf(most, { seed }))).toEqual(ids.slice(1))
  })

  it.each(seeds)('finds none where all are as before, or all moved together (seed %i)', (seed) => {
    expect(outliersOf(peersOf({}, { seed }))).toEqual([])
    expect(outliersOf(peersOf({}, { seed, shared: 3 }))).toEqual([])
    expect(outliersOf(peersOf({ 'b-2': 1.08 }, { seed }))).toEqual([])
  })

  it('says by how much, and against what', () => {
    const split = splitPeers(peersOf({ 'b-2': 2 }), { bad: 'up' })
    expect(split).toMatchObject({ status: 'outliers', unseen: [] })
    expect(split.factor).toBeGreaterThan(1.8)
    expect(split.factor).toBeLessThan(2.2)
    expect(split.reason).toMatch(/^b-2: [12]\.\d times what the others have/)
  })

  it('looks only in the direction that is bad', () => {
    expect(outliersOf(peersOf({ 'b-2': 0.4 }))).toEqual([])
    expect(outliersOf(peersOf({ 'b-2': 0.4 }), 'down')).toEqual(['b-2'])
  })
})

test('peers that do not report are named, and fewer than two that do are insufficient', () => {
  const [one, ...others] = peersOf({ 'a-1': 2 })
  const silent = others.map((peer) => ({ ...peer, now: [] }))
  const split = splitPeers([one!, ...silent], { bad: 'up' })
  expect(split).toMatchObject({ status: 'insufficient', outliers: [], unseen: ids.slice(1), score: null })
  expect(splitPeers([], { bad: 'up' }).status).toBe('insufficient')
})

test('constant values without any noise are compared as well', () => {
  const flat = (id: string, now: number): PeerSeries => ({ id, before: [1, 1, 1, 1], now: [now, now, now] })
  expect(outliersOf([flat('a', 1), flat('b', 1), flat('c', 2)])).toEqual(['c'])
  expect(outliersOf([flat('a', 1), flat('b', 1)])).toEqual([])
})

test('any input gives an answer with finite figures', () => {
  const value = fc.oneof(fc.double(), fc.constant(0), fc.constant(-1), fc.double({ min: 1e-12, max: 1e12 }))
  const peer = fc.record({ id: fc.string(), before: fc.array(value), now: fc.array(value) })
  fc.assert(
    fc.property(fc.array(peer, { maxLength: 8 }), fc.constantFrom('up' as const, 'down' as const), (peers, bad) => {
      const split = splitPeers(peers, { bad })
      expect(split.score === null).toBe(split.status === 'insufficient')
      expect(Number.isFinite(split.score ?? 0)).toBe(true)
      for (const { factor, before, now } of [...split.outliers, ...split.rest])
        expect([factor, before, now].every(Number.isFinite)).toBe(true)
      expect(split.outliers.length + split.rest.length + split.unseen.length).toBe(peers.length)
    }),
  )
})
