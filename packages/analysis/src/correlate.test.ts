import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute, now } from '../test/simulated-traffic.ts'
import { rankChanges, type ChangeEvent, type CorrelateInput } from './correlate.ts'

const links = [
  { from: 'gateway', to: 'payment' },
  { from: 'payment', to: 'risk' },
  { from: 'risk', to: 'risk-db' },
  { from: 'gateway', to: 'cashier' },
]
const onset = now
function change(id: string, minutesBefore: number, more: Partial<ChangeEvent> = {}): ChangeEvent {
  const startedAt = onset - minutesBefore * minute
  return { id, kind: 'deploy', title: id, startedAt, endedAt: null, scope: { entity: 'payment' }, ...more }
}
const rank = (changes: ChangeEvent[], more: Partial<CorrelateInput> = {}) =>
  rankChanges({ changes, onset, affectedEntity: 'payment', links, ...more })

describe('rankChanges', () => {
  it('puts the nearest in time and in dependencies first', () => {
    const ranked = rank([
      change('old', 50),
      change('dependency', 3, { scope: { entity: 'risk' } }),
      change('far', 3, { scope: { entity: 'risk-db' } }),
      change('caller', 3, { scope: { entity: 'gateway' } }),
      change('own', 3),
      change('anywhere', 3, { scope: {} }),
    ])
    expect(ranked.map(({ change: { id } }) => id)).toEqual(['own', 'dependency', 'far', 'anywhere', 'caller', 'old'])
    expect(ranked.map(({ hops }) => hops)).toEqual([0, 1, 2, null, 1, 0])
    expect(ranked[0]).toMatchObject({
      secondsBeforeOnset: 180,
      ruledOut: null,
      reason: 'began 3 min before onset; is on payment itself',
    })
  })

  it('rules out what cannot be, and says why', () => {
    const ranked = rank(
      [
        change('later', -10),
        change('elsewhere', 3, { scope: { entity: 'cashier' } }),
        change('unknown', 3, { scope: { entity: 'warehouse' } }),
        change('over', 90, { endedAt: onset - 70 * minute }),
        change('load', 40, { kind: 'load-test', endedAt: onset - 15 * minute, scope: { entity: 'gateway' } }),
        change('zone', 3, { scope: { entity: 'payment', zone: 'B' } }),
        change('version', 3, { scope: { entity: 'payment', version: 'v3' } }),
      ],
      { localised: { zone: 'A', version: 'v2' } },
    )
    const reasons = Object.fromEntries(ranked.map(({ change: { id }, ruledOut }) => [id, ruledOut]))
    expect(reasons).toEqual({
      later: 'began 10 min after onset',
      elsewhere: 'cashier has no path to payment',
      unknown: 'warehouse has no path to payment',
      over: 'ended 70 min before onset',
      load: 'ended 15 min before onset',
      zone: 'other zone: it touches B, the loss is in A',
      version: 'other version: v3, while v2 fails',
    })
    // The latest of them first.
    expect(ranked.map(({ change: { id } }) => id).at(0)).toBe('later')
  })

  it('weighs hosts by how many of them fail, and rules out others', () => {
    const localised = { hosts: ['pay-a-1', 'pay-a-2', 'pay-a-3'] }
    const ranked = rank(
      [
        change('all', 3, { scope: { entity: 'payment', hosts: localised.hosts } }),
        change('one', 3, { scope: { entity: 'payment', hosts: ['pay-a-1'] } }),
        change('none', 3, { scope: { entity: 'payment', hosts: ['pay-b-1'] } }),
        change('neighbour', 3, { scope: { entity: 'risk', hosts: ['risk-b-1'] } }),
      ],
      { localised },
    )
    expect(ranked.map(({ change: { id } }) => id)).toEqual(['all', 'one', 'neighbour', 'none'])
    expect(ranked[0]!.supports).toContain('touches 3 of the 3 hosts that fail')
    expect(ranked[3]!.ruledOut).toMatch(/none of the 3 that fail/)
  })

  it('takes the change that brought the failing version for a cause though the onset was put minutes too early', () => {
    const localised = { hosts: ['a', 'b'], version: 'v2' }
    const scope = { entity: 'payment', hosts: ['a', 'b'], version: 'v2' }
    const [brought] = rank([change('brought', -3, { scope })], { localised })
    expect(brought).toMatchObject({ ruledOut: null, reason: expect.stringContaining('too early') })
    const [later] = rank([change('later', -6, { scope })], { localised })
    const [other] = rank([change('other', -3, { scope: { ...scope, version: 'v3' } })], { localised })
    expect([later?.score, other?.score]).toEqual([null, null])
  })

  it('takes a change within the uncertainty of the onset for a cause', () => {
    const late = change('late', -2)
    expect(rank([late])[0]!.score).toBeNull()
    expect(rank([late], { onsetUncertaintySeconds: 120 })[0]).toMatchObject({
      score: expect.any(Number),
      reason: expect.stringContaining('within its uncertainty'),
    })
  })

  it('takes a rollout by its nearest end', () => {
    const [first] = rank([
      change('short', 40, { endedAt: onset - 30 * minute }),
      change('long', 40, { endedAt: onset - minute }),
    ])
    expect(first!.change.id).toBe('long')
  })

  it('has a load test of the caller before its deploy', () => {
    const scope = { entity: 'gateway' }
    const [first] = rank([change('deploy', 3, { scope }), change('load', 3, { kind: 'load-test', scope })])
    expect(first!.change.id).toBe('load')
  })

  it('scores just what is not ruled out, always with a reason, and ends in cycles', () => {
    const name = fc.constantFrom('gateway', 'payment', 'risk', 'risk-db', 'cashier', 'nothing')
    const scope = fc.record(
      {
        entity: name,
        zone: fc.constantFrom('A', 'B'),
        version: fc.constantFrom('v1', 'v2'),
        hosts: fc.array(fc.constantFrom('h1', 'h2', 'h3'), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    const event = fc.record({
      id: fc.string(),
      kind: fc.constantFrom('deploy', 'config', 'load-test', 'drill'),
      title: fc.string(),
      startedAt: fc.integer({ min: now - 200 * minute, max: now + 60 * minute }),
      endedAt: fc.option(fc.integer({ min: now - 200 * minute, max: now + 60 * minute })),
      scope,
    })
    const localised = fc.record(
      {
        zone: fc.constantFrom('A', 'B'),
        version: fc.constantFrom('v1', 'v2'),
        hosts: fc.array(fc.constantFrom('h1', 'h2')),
      },
      { requiredKeys: [] },
    )
    const cyclic = [...links, { from: 'risk-db', to: 'payment' }]
    fc.assert(
      fc.property(fc.array(event), fc.option(localised, { nil: undefined }), (changes, where) => {
        const ranked = rank(changes, { links: cyclic, ...(where ? { localised: where } : {}) })
        expect(ranked).toHaveLength(changes.length)
        for (const one of ranked) {
          expect(one.score === null).toBe(one.ruledOut !== null)
          const score = one.score ?? 0.5
          expect(score > 0 && score <= 1).toBe(true)
          expect(one.reason).not.toBe('')
        }
        const scores = ranked.map(({ score }) => score ?? -1)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      }),
    )
  })
})
