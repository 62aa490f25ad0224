/** Going in by waves, and rehearsing. */
import { expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction, type ApplyInput } from './apply-action.ts'
import type { HarmVerdict } from './deps.ts'
import { planAction } from './plan-action.ts'
import { revertAction } from './revert-action.ts'

const input: ApplyInput = {
  ...testScope,
  request: {
    kind: 'traffic-switch',
    entity: 'payment',
    fromZone: 'A',
    toZone: 'B',
    leaseSeconds: 1800,
    ramp: { percents: [10, 50], watchSeconds: 30 },
    harm: [{ measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null }],
  },
  approvedHash: null,
  approvedBy: null,
}

/** Answers of the watch, one for each wave but the last. */
function watched(world: EdgeWorld, ...verdicts: HarmVerdict['kind'][]): void {
  world.deps.watchHarm = async (_bounds, seconds) => {
    world.now += seconds * 1000
    const kind = verdicts.shift() ?? 'well'
    return kind === 'well' ? { kind } : { kind, detail: 'success rate 0.91, at least 0.98' }
  }
}
const kinds = async (world: EdgeWorld, id: string) => (await world.ledger.events(id)).map(({ kind }) => kind)
const weights = (world: EdgeWorld) =>
  world.applied.map((one) => (one.kind === 'set-weights' ? one.weights['pay-a-1'] : null))

it('goes in by absolute waves, each read back and watched, each call with a newer fence and a key of its own', async () => {
  const world = new EdgeWorld()
  watched(world)
  const action = await applyAction(input, world.deps)
  expect(action.status).toBe('done')
  expect(weights(world)).toEqual([90, 50, 0])
  expect((await kinds(world, action.id)).filter((kind) => kind === 'wave')).toHaveLength(2)
  const fences = world.calls.map(({ fence }) => fence)
  expect(fences).toEqual(fences.toSorted((a, b) => a - b))
  expect(new Set(fences).size).toBe(3)
  expect(new Set(world.calls.map(({ key }) => key)).size).toBe(3)
  expect(world.leases).toHaveLength(3)
})

it.each(['harm', 'no-data'] as const)(
  'puts everything back on %s after a wave, and never begins the next',
  async (kind) => {
    const world = new EdgeWorld()
    watched(world, 'well', kind)
    const action = await applyAction(input, world.deps)
    expect(action.status).toBe('reverted')
    expect(weights(world)).toEqual([90, 50, 100])
    expect((await world.ledger.events(action.id)).find((event) => event.kind === 'harm')?.detail).toMatchObject({
      wave: 2,
      verdict: kind,
    })
  },
)

it('does not go on where measures cannot be watched', async () => {
  const world = new EdgeWorld()
  const action = await applyAction(input, world.deps)
  expect(action.status).toBe('reverted')
  expect(weights(world)).toEqual([90, 100])
})

it('goes on from the wave that it reached when its process died while it watched', async () => {
  const world = new EdgeWorld()
  world.deps.watchHarm = () => Promise.reject(new Error('killed'))
  await expect(applyAction(input, world.deps)).rejects.toThrow('killed')
  watched(world)
  const action = await applyAction(input, world.deps)
  expect(action.status).toBe('done')
  expect(weights(world)).toEqual([90, 50, 0])
})

it('stops between two waves once writes are stopped; what is there stays under its lease', async () => {
  const world = new EdgeWorld()
  world.deps.watchHarm = async () => {
    world.stop = { by: 'ann', at: world.now, reason: 'enough' }
    return { kind: 'well' }
  }
  const action = await applyAction(input, world.deps)
  expect(action).toMatchObject({ status: 'done', verification: expect.any(Array) })
  expect(weights(world)).toEqual([90])
  world.stop = null
  expect(await revertAction({ actionId: action.id, reason: 'lease', by: 'system' }, world.deps)).toMatchObject({
    status: 'expired',
  })
  expect(world.weight('pay-a-1')).toBe(100)
})

it('rehearses up to the call: the same plan and guards on record, and nothing sent', async () => {
  const world = new EdgeWorld()
  const rehearsed = await applyAction({ ...input, key: 'dry', dryRun: true }, world.deps)
  expect(rehearsed).toMatchObject({ status: 'rehearsed', endedAt: world.now })
  expect(world.calls).toEqual([])
  expect(world.leases).toEqual([])
  const plan = await planAction(input.request, world.deps, testScope)
  expect({ diff: rehearsed.plan.diff, hash: rehearsed.planHash }).toEqual({ diff: plan.diff, hash: plan.hash })
  watched(world)
  const real = await applyAction(input, world.deps)
  expect(real.plan.diff).toEqual(rehearsed.plan.diff)
  expect(world.applied.at(-1)).toEqual(rehearsed.intent)
})

it('rehearses what still needs an approval, and does not carry it out without one', async () => {
  const world = new EdgeWorld()
  world.deps.autonomyOf = async () => ({ level: 'approve', granted: null, demotedBy: null })
  expect((await applyAction({ ...input, key: 'dry', dryRun: true }, world.deps)).status).toBe('rehearsed')
  expect((await applyAction(input, world.deps)).status).toBe('refused')
  expect(world.calls).toEqual([])
})

it('refuses in a rehearsal what it would refuse in earnest', async () => {
  const world = new EdgeWorld()
  world.requestsPerSecond = 60
  expect((await applyAction({ ...input, dryRun: true }, world.deps)).status).toBe('refused')
})
