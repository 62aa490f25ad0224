import { describe, expect, it } from 'vitest'
import { EdgeWorld } from '../../test/edge-world.ts'
import { freezeCalendar } from '../calendar/freeze-calendar.ts'
import type { ActionDeps } from '../deps.ts'
import { policyUnderBrokenGlass } from '../policy.ts'
import { freeze } from './freeze.ts'

const closed = freezeCalendar.parse({
  name: 'sale',
  reason: 'The autumn sale',
  timeZone: 'UTC',
  closed: [{ kind: 'dates', from: '2026-10-01T00:00', to: '2026-10-02T00:00' }],
})
const exception = {
  calendar: 'sale',
  reason: 'Payment is down',
  askedBy: 'ann',
  confirmedBy: 'bob',
  until: Date.UTC(2026, 9, 2),
}

async function judge(freezes: ActionDeps['freezes'], world = new EdgeWorld()) {
  const state = await world.observe('payment')
  return freeze(
    {
      moment: 'call',
      scope: { target: 'shop-edge/payment', kind: 'restart', runbook: null },
      request: { kind: 'restart', entity: 'payment', at: '2026-10-01T14:00:00Z' },
      key: 'k',
      runId: null,
      asOf: null,
      approved: null,
      intent: { kind: 'set-values', target: 'payment', values: {} },
      state,
    },
    { ...world.deps, ...(freezes ? { freezes } : {}) },
  )
}

describe('the freeze guard', () => {
  it('refuses while a calendar is closed, and says which and why', async () => {
    const guard = await judge(async () => ({ calendars: [closed], exceptions: [] }))
    expect(guard).toMatchObject({ pass: false, detail: 'sale is closed now (UTC): The autumn sale' })
  })

  it('lets pass what two people agreed on', async () => {
    const guard = await judge(async () => ({ calendars: [closed], exceptions: [exception] }))
    expect(guard).toMatchObject({ pass: true, detail: 'An exception holds for sale' })
  })

  it('counts calendars that cannot be read as closed', async () => {
    const guard = await judge(() => Promise.reject(new Error('no database')))
    expect(guard).toMatchObject({ pass: false })
    expect(guard?.detail).toContain('no database')
  })

  it('is lifted while the glass is broken', async () => {
    const world = new EdgeWorld()
    world.policy = policyUnderBrokenGlass(world.policy)
    expect(await judge(async () => ({ calendars: [closed], exceptions: [] }), world)).toBeNull()
  })
})
