import fc from 'fast-check'
import { expect, it } from 'vitest'
import { autonomyLevel, autonomyNow, grantRefusal, type AutonomyGrant, type AutonomyRecord } from './autonomy.ts'
import { actionPolicy } from './policy.ts'

const policy = actionPolicy.parse({ autonomy: { supervisedSuccesses: 3 } })
const order = autonomyLevel.options

/** What may happen to a runbook, in any order. */
const happening = fc.oneof(
  fc.constant('success' as const),
  fc.constant('trouble' as const),
  fc.constantFrom(...order).map((level) => ({ level })),
)

it('however it goes: automatic only after 3 approved successes in a row since the newest trouble, from approve', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (history) => {
      let granted: AutonomyGrant | null = null
      let record: AutonomyRecord = { supervisedSuccesses: 0, trouble: null }
      let inRow = 0
      for (const [at, event] of history.entries()) {
        const before = autonomyNow(granted, record, policy)
        if (event === 'success') {
          inRow++
          record = { ...record, supervisedSuccesses: record.supervisedSuccesses + 1 }
        } else if (event === 'trouble') {
          inRow = 0
          record = { supervisedSuccesses: 0, trouble: { actionId: `a${at}`, title: 'T', status: 'unknown', at } }
        } else if (grantRefusal(event.level, before, record, policy) === null) {
          if (event.level === 'automatic' && before.level !== 'automatic') {
            expect(inRow).toBeGreaterThanOrEqual(3)
            expect(before.level).toBe('approve')
          }
          expect(order.indexOf(event.level) - order.indexOf(before.level)).toBeLessThanOrEqual(1)
          granted = { level: event.level, by: 'ann', at }
        }
        const after = autonomyNow(granted, record, policy)
        if (event === 'trouble') expect(after.level).not.toBe('automatic')
        if (event === 'success') expect(after.level).toBe(before.level)
      }
    }),
  )
})

it('without a grant the usual level holds, and down is always allowed', () => {
  const record = { supervisedSuccesses: 0, trouble: null }
  const now = autonomyNow(null, record, policy)
  expect(now).toEqual({ level: 'approve', granted: null, demotedBy: null })
  expect(order.map((level) => grantRefusal(level, now, record, policy) === null)).toEqual([true, true, true, false])
})
