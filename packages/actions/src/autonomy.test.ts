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
      const wrong: string[] = []
      for (const [at, event] of history.entries()) {
        const before = autonomyNow(granted, record, policy)
        if (event === 'success') {
          inRow++
          record = { ...record, supervisedSuccesses: record.supervisedSuccesses + 1 }
        } else if (event === 'trouble') {
          inRow = 0
          record = { supervisedSuccesses: 0, trouble: { actionId: `a${at}`, title: 'T', status: 'unknown', at } }
        } else if (grantRefusal(event.level, before, record, policy) === null) {
          if (event.level === 'automatic' && before.level !== 'automatic' && (inRow < 3 || before.level !== 'approve'))
            wrong.push(`automatic from ${before.level} after ${inRow}`)
          if (order.indexOf(event.level) > order.indexOf(before.level) + 1)
            wrong.push(`${before.level} to ${event.level}`)
          granted = { level: event.level, by: 'ann', at }
        }
        const after = autonomyNow(granted, record, policy)
        if (event === 'trouble' && after.level === 'automatic') wrong.push('automatic after trouble')
        if (event === 'success' && after.level !== before.level) wrong.push('a level changed by success alone')
      }
      expect(wrong).toEqual([])
    }),
  )
})

it('without a grant the usual level holds, and down is always allowed', () => {
  const record = { supervisedSuccesses: 0, trouble: null }
  const now = autonomyNow(null, record, policy)
  expect(now).toEqual({ level: 'approve', granted: null, demotedBy: null })
  expect(order.map((level) => grantRefusal(level, now, record, policy) === null)).toEqual([true, true, true, false])
})
