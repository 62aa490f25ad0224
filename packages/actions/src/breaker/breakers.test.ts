/** Breakers over an edge in memory and a clock that the tests turn. */
import { expect, test } from 'vitest'
import { EdgeWorld, testScope } from '../../test/edge-world.ts'
import { applyAction } from '../apply-action.ts'
import type { LedgerAction } from '../ledger.ts'
import { revertAction } from '../revert-action.ts'
import { createBreakers, type Broken } from './breakers.ts'
import type { HarmSample } from './judge-bounds.ts'

const bound = { measure: 'payment.success-rate', where: { zone: 'B' }, minimum: 0.98, maximum: null }

async function watched({
  lease = 'works',
  harm = [bound],
}: { lease?: 'works' | 'away' | 'hangs'; harm?: (typeof bound)[] } = {}) {
  const world = new EdgeWorld()
  const asked: string[] = []
  const told: { action: LedgerAction; broken: Broken }[] = []
  const reads: string[] = []
  let value: number | null = 0.99
  const action = await applyAction(
    {
      request: { kind: 'traffic-switch', entity: 'payment', fromZone: 'A', toZone: 'B', leaseSeconds: 1800, harm },
      ...testScope,
      approvedHash: null,
      approvedBy: null,
    },
    world.deps,
  )
  expect(action.status).toBe('done')
  world.now += 5_000
  const breakers = createBreakers({
    actions: world.deps,
    graceSeconds: 60,
    read: async ({ measure, where }): Promise<HarmSample> => {
      reads.push(measure)
      return { measure, where, at: world.now - 1_000, value }
    },
    leases: {
      async revertNow(actionId, { by, reason }) {
        asked.push(`${actionId} ${reason}`)
        if (lease === 'away') throw new Error('Temporal is away')
        if (lease === 'hangs') return new Promise(() => {})
        const { status } = await revertAction({ actionId, by, reason }, world.deps)
        return { next: 'settled', status, detail: '' }
      },
    },
    notify: async (one, broken) => void told.push({ action: one, broken }),
    onError: () => undefined,
  })
  const round = async () => {
    const broken = await breakers.round(new AbortController().signal)
    await breakers.settled()
    return broken
  }
  const harmEvents = async () => (await world.ledger.events(action.id)).filter(({ kind }) => kind === 'harm')
  return {
    world,
    action,
    round,
    asked,
    told,
    reads,
    harmEvents,
    measured: (next: number | null) => void (value = next),
    status: async () => (await world.ledger.get(action.id))?.status,
  }
}

test('what is within its bounds stays', async () => {
  const { round, status, world } = await watched()
  expect(await round()).toEqual([])
  expect(await status()).toBe('done')
  expect(world.applied).toHaveLength(1)
})

test('a breach is on record, then its lease puts it back, once', async () => {
  const { round, status, measured, asked, action, harmEvents, told, world } = await watched()
  measured(0.91)
  expect(await round()).toEqual([action.id])
  expect(await status()).toBe('reverted')
  expect(asked).toEqual([`${action.id} harm`])
  expect(world.weight('pay-a-1')).toBe(100)
  expect((await harmEvents())[0]?.detail).toEqual({
    verdict: 'harm',
    detail: 'payment.success-rate (zone B) is 0.91, below 0.98',
  })
  expect(told.map(({ broken }) => broken.stopped)).toEqual([null])
  expect(await round()).toEqual([])
  expect(world.applied).toHaveLength(2)
})

test.each(['away', 'hangs'] as const)('a lease that is %s is not waited for', async (lease) => {
  const { round, status, measured, world } = await watched({ lease })
  measured(0.91)
  await round()
  expect(await status()).toBe('reverted')
  expect(world.weight('pay-a-1')).toBe(100)
})

test('no data is waited for within the grace, and harm after it', async () => {
  const { round, status, measured, world, harmEvents } = await watched()
  measured(null)
  expect(await round()).toEqual([])
  world.now += 60_000
  await round()
  expect(await status()).toBe('reverted')
  expect((await harmEvents())[0]?.detail).toMatchObject({ verdict: 'no-data' })
})

test('while writes are stopped a person is told and nothing is sent; it goes on when they are resumed', async () => {
  const { round, status, measured, world, told, harmEvents } = await watched()
  measured(0.91)
  world.stop = { by: 'ann', at: 0, reason: 'storm' }
  await round()
  await round()
  expect(await status()).toBe('done')
  expect(world.applied).toHaveLength(1)
  expect(told[0]?.broken.stopped).toBe('ann stopped writes: storm')
  expect(await harmEvents()).toHaveLength(1)
  world.stop = null
  await round()
  expect(await status()).toBe('reverted')
})

test('a switch that cannot be read is a stop', async () => {
  const { round, status, measured, world } = await watched()
  measured(0.91)
  world.deps.writesStopped = () => Promise.reject(new Error('no database'))
  await round()
  expect(await status()).toBe('done')
})

test('an action without bounds costs no read, and a measure is read once a round', async () => {
  const none = await watched({ harm: [] })
  await none.round()
  expect(none.reads).toEqual([])
  const twice = await watched({ harm: [bound, { ...bound, minimum: 0.5 }] })
  await twice.round()
  expect(twice.reads).toHaveLength(1)
})
