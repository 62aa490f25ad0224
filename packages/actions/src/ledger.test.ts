import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionStatus, type ActionStatus } from './driver.ts'
import {
  assertAdvance,
  blockingAction,
  canTransition,
  isFinal,
  isOpen,
  targetsOverlap,
  type LedgerAction,
} from './ledger.ts'

describe('status transitions', () => {
  it('lead from every status to an end, and never out of an end', () => {
    const statuses = actionStatus.options
    for (const from of statuses) {
      const seen = new Set([from])
      for (const status of seen) for (const to of statuses) if (canTransition(status, to)) seen.add(to)
      expect([...seen].some(isFinal), `${from} never ends`).toBe(true)
      expect(isFinal(from) && seen.size > 1, `${from} is an end and goes on`).toBe(false)
    }
  })

  it('touch a target only through a durable intent', () => {
    expect(canTransition('planned', 'done')).toBe(false)
    expect(canTransition('approved', 'done')).toBe(false)
    expect(canTransition('refused', 'intended')).toBe(false)
  })

  it('refuse a change from another status than expected', () => {
    expect(() => assertAdvance({ id: 'x', status: 'done', fence: 1 }, { from: ['intended'], to: 'not-done' })).toThrow(
      /x is done/,
    )
    expect(() =>
      assertAdvance({ id: 'x', status: 'intended', fence: 1 }, { from: ['intended'], to: 'reverted' }),
    ).toThrow(/cannot become reverted/)
  })
})

describe('blockingAction', () => {
  const action = (fields: Partial<LedgerAction>): LedgerAction =>
    ({ key: 'other', target: 'edge/payment', intent: weights('a', 'b'), status: 'done', ...fields }) as LedgerAction
  const weights = (...names: string[]) => ({
    kind: 'set-weights' as const,
    target: 'payment',
    weights: Object.fromEntries(names.map((name) => [name, 0])),
  })
  const limit = { kind: 'set-values' as const, target: 'payment', values: { limit: 5 } }
  const wanted = { key: 'mine', target: 'edge/payment', intent: weights('b', 'c') }

  it('finds an action in effect on the same parts, and a moving one on any', () => {
    expect(blockingAction([action({})], wanted)).not.toBeNull()
    expect(blockingAction([action({ intent: weights('a') })], wanted)).toBeNull()
    expect(blockingAction([action({ intent: limit })], wanted)).toBeNull()
    expect(blockingAction([action({ intent: limit, status: 'intended' })], wanted)).not.toBeNull()
    expect(blockingAction([action({ status: 'unknown', intent: limit })], wanted)).not.toBeNull()
    expect(blockingAction([action({ target: 'edge/*', intent: weights('payment/b') })], wanted)).not.toBeNull()
    expect(blockingAction([action({ target: 'edge/*', intent: weights('stock/b') })], wanted)).toBeNull()
  })

  it('ignores its own key, ended actions and other targets', () => {
    expect(blockingAction([action({ key: 'mine' })], wanted)).toBeNull()
    for (const status of actionStatus.options.filter((each) => !isOpen(each)))
      expect(blockingAction([action({ status })], wanted)).toBeNull()
    expect(blockingAction([action({ target: 'edge/stock' })], wanted)).toBeNull()
  })

  it('lets no two open actions share a part, however their targets are named and whatever becomes of them', () => {
    const claim = fc.record({
      backend: fc.constantFrom('*', 'payment', 'stock'),
      servers: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    })
    /** A claim, or the action at `index` moves on to one of the statuses that may follow. */
    const step = fc.oneof(claim, fc.record({ index: fc.nat(20), next: fc.nat(10) }))
    const partsOf = ({ backend, servers }: { backend: string; servers: string[] }): string[] =>
      (backend === '*' ? ['payment', 'stock'] : [backend]).flatMap((name) => servers.map((each) => `${name}/${each}`))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const claimed: { action: LedgerAction; parts: string[] }[] = []
        for (const one of steps) {
          if ('index' in one) {
            const moved = claimed[one.index]?.action
            const follows: ActionStatus[] = moved
              ? actionStatus.options.filter((to) => canTransition(moved.status, to))
              : []
            if (moved) moved.status = follows[one.next % follows.length] ?? moved.status
            continue
          }
          const target = `edge/${one.backend}`
          const parts = partsOf(one)
          const names = one.backend === '*' ? parts : one.servers
          const mine = action({ key: `${claimed.length}`, target, intent: weights(...names), status: 'planned' })
          const open = claimed.map((each) => each.action)
          if (!blockingAction(open, mine)) claimed.push({ action: mine, parts })
        }
        const taken = claimed.filter((each) => isOpen(each.action.status)).flatMap(({ parts }) => parts)
        expect(new Set(taken).size).toBe(taken.length)
      }),
    )
  })

  it('takes * for every backend of its connection', () => {
    expect(targetsOverlap('edge/*', 'edge/payment')).toBe(true)
    expect(targetsOverlap('edge/payment', 'edge/*')).toBe(true)
    expect(targetsOverlap('edge/*', 'other/payment')).toBe(false)
  })
})
