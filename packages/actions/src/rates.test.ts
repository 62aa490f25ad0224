import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import { claimRules } from './claim-rules.ts'
import type { LedgerAction, NewLedgerAction, RecentAction } from './ledger.ts'
import { newAction, planAction } from './plan-action.ts'
import { actionPolicy, type ActionPolicy } from './policy.ts'
import type { ActionRequest } from './request.ts'

const now = Date.UTC(2026, 10, 1)
const request: ActionRequest = { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 10, leaseSeconds: 60 }
const unlimited = { rates: { all: null, runbook: null, target: null }, flap: null, failures: null }

async function wanted(): Promise<NewLedgerAction> {
  const world = new EdgeWorld()
  const plan = await planAction(request, world.deps, testScope)
  return newAction(plan, request, { ...testScope, driver: 'test-edge' })
}

const aboutWanted = await wanted()
const past = (fields: Partial<RecentAction> = {}): RecentAction => ({
  key: 'earlier',
  target: aboutWanted.target,
  kind: 'rate-limit',
  runbook: aboutWanted.runbook,
  runId: 'another-run',
  status: 'reverted',
  createdAt: now - 1000,
  ...fields,
})
const codeOf = (policy: ActionPolicy, recent: RecentAction[], open: LedgerAction[] = []) =>
  claimRules(aboutWanted, policy).refuse({ now, open, recent })?.code ?? null

describe('rates', () => {
  it('of 100 triggers a minute, 5 an hour act, and 95 are suppressed and on record', async () => {
    const world = new EdgeWorld()
    world.policy = actionPolicy.parse({
      ...unlimited,
      rates: { all: null, runbook: { count: 5, seconds: 3600 }, target: null },
    })
    for (let n = 0; n < 100; n++) {
      world.limit = null
      const asked = { ...request, entity: `service-${n}` }
      await applyAction(
        {
          ...testScope,
          key: `run-${n}/limit`,
          runId: `run-${n}`,
          request: asked,
          approvedHash: null,
          approvedBy: null,
        },
        world.deps,
      )
    }
    const all = [...world.ledger.actions.values()]
    expect(all.filter(({ status }) => status === 'done')).toHaveLength(5)
    const suppressed = all.filter(({ status }) => status === 'refused')
    expect(suppressed).toHaveLength(95)
    const events = await world.ledger.events(suppressed[0]!.id)
    expect(events.at(-1)?.detail).toMatchObject({ code: 'too-many-actions' })
    expect(world.applied).toHaveLength(5)
  })

  it('never lets more than the limit through in any window, whatever came before', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 7200 }), { maxLength: 40 })
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 3600 }),
        (agos, count, seconds) => {
          const policy = actionPolicy.parse({
            ...unlimited,
            rates: { all: { count, seconds }, runbook: null, target: null },
          })
          const recent = agos.map((ago, n) => past({ key: `k${n}`, target: `t${n}`, createdAt: now - ago * 1000 }))
          const inWindow = agos.filter((ago) => ago < seconds).length
          expect(codeOf(policy, recent)).toBe(inWindow >= count ? 'too-many-actions' : null)
        },
      ),
    )
  })

  it('silences and incidents do not use up what repairs are counted by', () => {
    const policy = actionPolicy.parse({
      ...unlimited,
      rates: { all: { count: 2, seconds: 60 }, runbook: null, target: null },
    })
    const storm = [1, 2, 3].map((n) => past({ key: `s${n}`, kind: 'silence', target: `am/${n}` }))
    expect(codeOf(policy, storm)).toBeNull()
    expect(codeOf(policy, [past({ key: 'a' }), past({ key: 'b' })])).toBe('too-many-actions')
  })

  it('refused and rehearsed actions count for nothing', () => {
    const policy = actionPolicy.parse({
      ...unlimited,
      rates: { all: { count: 1, seconds: 60 }, runbook: null, target: null },
    })
    expect(codeOf(policy, [past({ status: 'refused' }), past({ status: 'rehearsed' })])).toBeNull()
  })
})

describe('flaps and failures', () => {
  it('the fourth of one kind on one target within the hour is refused; another kind or target is not', () => {
    const policy = actionPolicy.parse({ ...unlimited, flap: { count: 3, seconds: 3600 } })
    const same = ['a', 'b', 'c'].map((key) => past({ key }))
    expect(codeOf(policy, same)).toBe('flapping')
    expect(codeOf(policy, same.slice(1))).toBeNull()
    expect(codeOf(policy, [...same.slice(1), past({ kind: 'feature' }), past({ target: 'shop-edge/cart' })])).toBeNull()
    expect(
      codeOf(
        policy,
        same.map((one) => ({ ...one, createdAt: now - 3_600_000 })),
      ),
    ).toBeNull()
  })

  it('ten targets that all fail, with one failure allowed: two calls', async () => {
    const world = new EdgeWorld()
    world.policy = actionPolicy.parse({ ...unlimited, failures: { count: 1, seconds: 3600 } })
    let calls = 0
    const told: string[] = []
    world.deps.onGivenUp = async (_, { code }) => void told.push(code)
    for (let n = 0; n < 10; n++) {
      world.onApply = () => {
        calls++
        throw new Error('the target said no')
      }
      const asked = { ...request, entity: `service-${n}` }
      await applyAction(
        { ...testScope, key: `run-1/limit-${n}`, request: asked, approvedHash: null, approvedBy: null },
        world.deps,
      )
    }
    expect(calls).toBe(2)
    expect(told).toEqual(Array<string>(8).fill('stopped-by-threshold'))
    expect([...world.ledger.actions.values()].map(({ status }) => status)).toEqual([
      'not-done',
      'not-done',
      ...Array<string>(8).fill('refused'),
    ])
  })

  it('failures of another run do not stop this one', () => {
    const policy = actionPolicy.parse({ ...unlimited, failures: { count: 0, seconds: 3600 } })
    expect(codeOf(policy, [past({ status: 'not-done' })])).toBeNull()
    expect(codeOf(policy, [past({ status: 'unknown', runId: testScope.runId })])).toBe('stopped-by-threshold')
  })

  it('looks back as far as the longest window, and not at all without limits', () => {
    const recentSeconds = (policy: ActionPolicy) => claimRules(aboutWanted, policy).recentSeconds
    expect(recentSeconds(actionPolicy.parse(unlimited))).toBe(0)
    expect(recentSeconds(actionPolicy.parse({ flap: { count: 1, seconds: 7200 } }))).toBe(7200)
  })
})
