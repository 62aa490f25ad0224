import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import type { LedgerAction } from './ledger.ts'
import { keepAction, renewAction, revertAction } from './revert-action.ts'

async function switched(): Promise<{ world: EdgeWorld; action: LedgerAction }> {
  const world = new EdgeWorld()
  const action = await applyAction(
    {
      request: { kind: 'traffic-switch', entity: 'payment', fromZone: 'A', toZone: 'B', leaseSeconds: 1800 },
      ...testScope,
      approvedHash: null,
      approvedBy: null,
    },
    world.deps,
  )
  expect(action.status).toBe('done')
  return { world, action }
}

describe('revertAction', () => {
  it('puts back what was found, once', async () => {
    const { world, action } = await switched()
    const reverted = await revertAction({ actionId: action.id, reason: 'person', by: 'user:ann' }, world.deps)
    expect(reverted.status).toBe('reverted')
    expect(world.weight('pay-a-1')).toBe(100)
    expect(await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)).toEqual(reverted)
    expect(world.applied).toHaveLength(2)
  })

  it('calls a lease that ran out "expired"', async () => {
    const { world, action } = await switched()
    expect((await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)).status).toBe(
      'expired',
    )
  })

  it('does not overwrite what somebody else changed since', async () => {
    const { world, action } = await switched()
    world.servers[0]!.weight = 30
    const result = await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)
    expect(result.status).toBe('unknown')
    expect(world.unknown[0]?.detail).toMatch(/pay-a-1 is 30, not 0.*nothing was overwritten/)
    expect(world.weight('pay-a-1')).toBe(30)
  })

  it('stays open when the edge cannot be reached, and succeeds when it can', async () => {
    const { world, action } = await switched()
    world.unreachable = true
    const input = { actionId: action.id, reason: 'lease' as const, by: 'system' }
    await expect(revertAction(input, world.deps)).rejects.toMatchObject({ code: 'target-unreachable', retryable: true })
    expect((await world.ledger.get(action.id))?.status).toBe('reverting')
    world.unreachable = false
    expect((await revertAction(input, world.deps)).status).toBe('expired')
  })

  it.each([
    ['away', (world: EdgeWorld) => void (world.unreachable = true)],
    // Says that it is done, and is not.
    ['lying', (world: EdgeWorld) => void (world.onApply = () => undefined)],
  ])('tells people from the third failed try on: the edge is %s', async (_, fault) => {
    const { world, action } = await switched()
    const input = { actionId: action.id, reason: 'lease' as const, by: 'system' }
    for (const told of [0, 0, 1, 2]) {
      fault(world)
      await expect(revertAction(input, world.deps)).rejects.toMatchObject({ code: 'target-unreachable' })
      expect(world.notPutBack).toHaveLength(told)
    }
    expect(world.notPutBack[0]).toMatch(/^3 tries failed, the last because: /)
    const failed = (await world.ledger.events(action.id)).filter(({ detail }) => 'failed' in detail)
    expect(failed).toHaveLength(4)
    world.unreachable = false
    expect((await revertAction(input, world.deps)).status).toBe('expired')
    expect(world.notPutBack).toHaveLength(2)
  })

  it('goes on after a crash in the middle of it', async () => {
    const { world, action } = await switched()
    const input = { actionId: action.id, reason: 'lease' as const, by: 'system' }
    world.onApply = () => {
      world.servers[0]!.weight = 100
      throw new Error('killed')
    }
    await expect(revertAction(input, world.deps)).rejects.toMatchObject({ retryable: true })
    expect((await revertAction(input, world.deps)).status).toBe('expired')
    expect(world.servers.map((server) => server.weight)).toEqual([100, 100, 100, 100, 100, 100])
  })

  it('puts back what a dead process left behind without watching first whether it worked', async () => {
    const { world, action } = await switched()
    // As it is right after the call: the outcome was not written down any more.
    const [row] = [...world.ledger.actions.values()]
    Object.assign(row!, { status: 'intended', verification: null })
    const before = (await world.ledger.events(action.id)).length
    expect((await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)).status).toBe(
      'expired',
    )
    const said = (await world.ledger.events(action.id)).slice(before).map(({ kind }) => kind)
    expect(said.slice(0, 3)).toEqual(['attempt', 'lease', 'revert'])
    expect(said).not.toContain('verify')
    expect(world.weight('pay-a-1')).toBe(100)
  })

  it('waits while writes are stopped, unless a person asks', async () => {
    const { world, action } = await switched()
    world.stop = { by: 'ann', at: world.now, reason: 'freeze' }
    await expect(
      revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps),
    ).rejects.toMatchObject({ code: 'writes-stopped', retryable: true })
    expect((await revertAction({ actionId: action.id, reason: 'person', by: 'user:ann' }, world.deps)).status).toBe(
      'reverted',
    )
  })

  it('is reverted by its new lease once it was renewed, and not any more once it is kept', async () => {
    const { world, action } = await switched()
    const renewed = await renewAction({ actionId: action.id, by: 'user:ann', seconds: 3600 }, world.deps)
    expect(renewed.leaseUntil).toBe(world.now + 3_600_000)
    const kept = await keepAction({ actionId: action.id, by: 'user:ann', reason: 'the zone moves out' }, world.deps)
    expect(kept).toMatchObject({ status: 'kept', endedAt: world.now })
    expect((await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)).status).toBe('kept')
    expect(world.weight('pay-a-1')).toBe(0)
    await expect(renewAction({ actionId: action.id, by: 'user:ann', seconds: 60 }, world.deps)).rejects.toMatchObject({
      code: 'ledger-conflict',
    })
  })
})
