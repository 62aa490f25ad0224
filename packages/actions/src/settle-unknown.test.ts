import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import type { LedgerAction } from './ledger.ts'
import { revertAction } from './revert-action.ts'
import { settleUnknown, type Verdict } from './settle-unknown.ts'

/** A switch whose call took effect only at its first server: half changed, so unknown. */
async function halfDone(): Promise<{ world: EdgeWorld; action: LedgerAction }> {
  const world = new EdgeWorld()
  world.onApply = () => {
    world.servers[0]!.weight = 0
    throw new Error('the connection broke')
  }
  const action = await applyAction(
    {
      request: { kind: 'traffic-switch', entity: 'payment', fromZone: 'A', toZone: 'B', leaseSeconds: 1800 },
      ...testScope,
      approvedHash: null,
      approvedBy: null,
    },
    world.deps,
  )
  expect(action).toMatchObject({ status: 'unknown', appliedAt: null })
  return { world, action }
}

const set = (world: EdgeWorld, weight: number): void => {
  for (const server of world.servers) if (server.zone === 'A') server.weight = weight
}
const settle = (of: { world: EdgeWorld; action: LedgerAction }, verdict: Verdict | null = null) =>
  settleUnknown({ actionId: of.action.id, by: 'ann@example.com', verdict }, of.world.deps)
const seen: Verdict = { inEffect: true, reason: 'the dashboard of the edge shows it' }
const notSeen: Verdict = { inEffect: false, reason: 'restored by hand' }

describe('settleUnknown', () => {
  it('decides by what the target shows now', async () => {
    const done = await halfDone()
    set(done.world, 0)
    expect(await settle(done)).toMatchObject({ status: 'done', verification: expect.any(Array) as unknown })

    const not = await halfDone()
    set(not.world, 100)
    expect(await settle(not)).toMatchObject({ status: 'not-done', endedAt: not.world.now })
  })

  it('leaves open what the target does not show, with what was found on record, and changes nothing', async () => {
    const of = await halfDone()
    const changes = of.world.applied.length
    expect(await settle(of)).toMatchObject({ status: 'unknown' })
    expect((await of.world.ledger.events(of.action.id)).at(-1)).toMatchObject({
      kind: 'unknown',
      actor: 'ann@example.com',
      detail: { look: true, detail: 'only 1 of 3 parts changed: pay-a-1' },
    })
    of.world.unreachable = true
    expect(await settle(of)).toMatchObject({ status: 'unknown' })
    expect(of.world.applied).toHaveLength(changes)
  })

  it('takes the word of a person where the target shows nothing clear, and its lease still puts it back', async () => {
    const of = await halfDone()
    const done = await settle(of, seen)
    expect(done).toMatchObject({ status: 'done', appliedAt: of.world.now })
    expect((await of.world.ledger.events(of.action.id)).at(-1)).toMatchObject({
      actor: 'ann@example.com',
      detail: { said: 'in effect', reason: seen.reason, found: 'only 1 of 3 parts changed: pay-a-1' },
    })
    expect((await revertAction({ actionId: of.action.id, reason: 'lease', by: 'system' }, of.world.deps)).status).toBe(
      'expired',
    )
    expect(of.world.weight('pay-a-1')).toBe(100)

    const away = await halfDone()
    away.world.unreachable = true
    expect(await settle(away, notSeen)).toMatchObject({ status: 'not-done' })
  })

  it('does not take a word against what the target shows', async () => {
    const of = await halfDone()
    set(of.world, 100)
    expect(await settle(of, seen)).toMatchObject({ status: 'not-done' })
    expect((await of.world.ledger.events(of.action.id)).at(-1)).toMatchObject({
      detail: { said: 'in effect', readBack: 'it reads as it was found' },
    })
  })

  it('calls one that was in effect reverted, whoever put it back', async () => {
    const of = await halfDone()
    await settle(of, seen)
    of.world.servers[0]!.weight = 30
    const reverting = { actionId: of.action.id, reason: 'lease' as const, by: 'system' }
    expect((await revertAction(reverting, of.world.deps)).status).toBe('unknown')
    set(of.world, 100)
    expect(await settle(of)).toMatchObject({ status: 'reverted', endedAt: of.world.now })
  })

  it('keeps what cannot be put back', async () => {
    const of = await halfDone()
    const row = of.world.ledger.actions.get(of.action.id)!
    row.revert = null
    set(of.world, 0)
    expect(await settle(of)).toMatchObject({ status: 'kept' })
  })

  it('settles nothing that is known', async () => {
    const of = await halfDone()
    await settle(of, seen)
    await expect(settle(of)).rejects.toMatchObject({ code: 'ledger-conflict' })
    await expect(
      settleUnknown({ actionId: crypto.randomUUID(), by: 'ann', verdict: null }, of.world.deps),
    ).rejects.toMatchObject({ code: 'unknown-action' })
  })
})
