import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgePushed, newBreaker, type BreakerBound } from './breaker.ts'

const wanted = {
  name: 'Load test of pay',
  bounds: [{ measure: 'payment.success-rate', minimum: 0.98 }],
  onBreach: { kind: 'tell' },
  minutes: 30,
}
const bound = (over: Partial<BreakerBound> = {}): BreakerBound => ({
  measure: 'pay.p99',
  where: {},
  minimum: null,
  maximum: 2,
  source: 'pushed',
  ...over,
})
const watching = { name: 'load', state: 'watching' as const }

describe('what may be started', () => {
  test('defaults are the careful ones', () => {
    expect(newBreaker.parse(wanted)).toEqual({
      ...wanted,
      graceSeconds: 60,
      bounds: [{ measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null, source: 'model' }],
    })
  })

  test.each([
    [{ bounds: [] }],
    [{ bounds: [{ measure: 'payment.success-rate' }] }],
    [{ bounds: [{ measure: 'payment.success-rate', minimum: 2, maximum: 1 }] }],
    [{ minutes: 0 }],
    [{ minutes: 1441 }],
    [{ graceSeconds: 4 }],
    [{ name: ' ' }],
    [{ onBreach: { kind: 'revert', scope: 'all' } }],
    [{ onBreach: { kind: 'revert', scope: 'payment' } }],
    [{ onBreach: { kind: 'stop-writes', scope: '' } }],
    [{ onBreach: { kind: 'explode' } }],
    [{ onBreach: { kind: 'tell', scope: 'all' } }],
  ])('not %j', (over) => {
    expect(newBreaker.safeParse({ ...wanted, ...over }).success).toBe(false)
  })
})

describe('a pushed value', () => {
  test('is kept for the bounds that are known by it, and judged for all on its measure', () => {
    const bounds = [bound(), bound({ measure: 'pay.p50' }), bound({ source: 'model', maximum: 1 })]
    const sample = { measure: 'pay.p99', where: {}, value: 0.5 }
    expect(judgePushed({ ...watching, bounds }, sample)).toEqual({ bounds: [0], breach: null })
    expect(judgePushed({ ...watching, bounds }, { ...sample, value: 1.5 })).toEqual({
      bounds: [0],
      breach: 'pay.p99 is 1.5, above 1',
    })
  })

  test('of no bound, or after the end, is refused with what to do', () => {
    const sample = { measure: 'pay.p98', where: {}, value: 1 }
    expect(() => judgePushed({ ...watching, bounds: [bound()] }, sample)).toThrow(/no bound on pay\.p98/)
    const elsewhere = { measure: 'pay.p99', where: { zone: 'A' }, value: 1 }
    expect(() => judgePushed({ ...watching, bounds: [bound()] }, elsewhere)).toThrow(/no bound/)
    for (const state of ['tripped', 'ended'] as const)
      expect(() => judgePushed({ name: 'load', state, bounds: [bound()] }, { ...sample, measure: 'pay.p99' })).toThrow(
        state,
      )
  })

  test('breaks a bound exactly when it is outside of it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const bounds = [bound({ minimum: -1, maximum: 2 })]
        const { breach } = judgePushed({ ...watching, bounds }, { measure: 'pay.p99', where: {}, value })
        expect(breach !== null).toBe(value < -1 || value > 2)
      }),
    )
  })
})
