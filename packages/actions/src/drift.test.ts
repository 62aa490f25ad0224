import { expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import { holdAction } from './drift.ts'
import type { LedgerAction } from './ledger.ts'

async function switched(): Promise<{ world: EdgeWorld; action: LedgerAction }> {
  const world = new EdgeWorld()
  const request = {
    kind: 'traffic-switch' as const,
    entity: 'payment',
    fromZone: 'A',
    toZone: 'B',
    leaseSeconds: 1800,
  }
  const action = await applyAction({ ...testScope, request, approvedHash: null, approvedBy: null }, world.deps)
  return { world, action }
}
const forget = (world: EdgeWorld): void => {
  world.instance = 'two'
  for (const server of world.servers) server.weight = 100
}
const kinds = async ({ ledger }: EdgeWorld, { id }: LedgerAction) => (await ledger.events(id)).map(({ kind }) => kind)

it('leaves a target alone that is as it was left', async () => {
  const { world, action } = await switched()
  expect(await holdAction(action, world.deps)).toBe('as-left')
  expect(world.applied).toHaveLength(1)
})

it('sets it again after a restart that forgot it, with a newer fence', async () => {
  const { world, action } = await switched()
  forget(world)
  expect(await holdAction(action, world.deps)).toBe('set-again')
  expect(world.weight('pay-a-1')).toBe(0)
  expect(world.calls.map(({ fence }) => fence)).toEqual([world.calls[0]!.fence, world.calls[0]!.fence + 1])
  const now = (await world.ledger.get(action.id))!
  expect(await holdAction(now, world.deps)).toBe('as-left')
})

it('does not fight a person who put it back by hand, and tells once', async () => {
  const { world, action } = await switched()
  for (const server of world.servers) server.weight = 100
  expect(await holdAction(action, world.deps)).toBe('changed-by-others')
  expect(await holdAction(action, world.deps)).toBe('changed-by-others')
  expect(world.applied).toHaveLength(1)
  expect((await kinds(world, action)).filter((kind) => kind === 'drift')).toHaveLength(1)
  expect(world.unknown).toHaveLength(1)
})

it('does not overwrite what was changed after the restart', async () => {
  const { world, action } = await switched()
  forget(world)
  world.servers[0]!.weight = 30
  expect(await holdAction(action, world.deps)).toBe('changed-by-others')
  expect(world.weight('pay-a-1')).toBe(30)
})

it('sets nothing again while writes are stopped', async () => {
  const { world, action } = await switched()
  forget(world)
  world.stop = { by: 'ann', at: world.now, reason: 'freeze' }
  expect(await holdAction(action, world.deps)).toBe('forgotten')
  expect(world.weight('pay-a-1')).toBe(100)
})
