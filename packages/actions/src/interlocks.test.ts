import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction } from './apply-action.ts'
import { zonesDrained } from './interlocks.ts'
import { actionPolicy } from './policy.ts'
import type { ActionRequest } from './request.ts'

const leave = (fromZone: string, toZone: string, entity = 'payment'): ActionRequest => ({
  kind: 'traffic-switch',
  entity,
  fromZone,
  toZone,
  leaseSeconds: 1800,
})
const apply = (
  world: EdgeWorld,
  request: ActionRequest,
  run: string,
  runbook = 'payment-drop',
  excludes: string[] = [],
) =>
  applyAction(
    {
      ...testScope,
      excludes,
      runId: run,
      key: `${run}/switch`,
      runbook,
      request,
      approvedHash: null,
      approvedBy: null,
    },
    world.deps,
  )
const limit = (entity: string): ActionRequest => ({
  kind: 'rate-limit',
  entity,
  requestsPerSecond: 10,
  leaseSeconds: 60,
})
const roomy = actionPolicy.parse({ capacity: { minimumServers: 1, requestsPerSecondPerServer: 1000 } })

/** Two services whose servers are apart, so that only the interlock stands between. */
function twoServices(): EdgeWorld {
  const world = new EdgeWorld()
  world.policy = roomy
  return world
}

describe('interlocks', () => {
  it('while zone A is drained, zone B stays: of any service, and until it is put back', async () => {
    const world = twoServices()
    const first = await apply(world, leave('A', 'B'), 'run-1')
    expect(first.status).toBe('done')
    // What the other service looks like is its own affair: all its servers have traffic.
    for (const server of world.servers) server.weight = 100
    const calls = world.applied.length
    const second = await apply(world, leave('B', 'A', 'cart'), 'run-2')
    expect(second.status).toBe('refused')
    const [refusal] = (await world.ledger.events(second.id)).filter(({ kind }) => kind === 'refused')
    expect(JSON.stringify(refusal?.detail)).toContain('Zone A is drained')
    expect(world.applied).toHaveLength(calls)

    await world.ledger.advance(first.id, {
      from: ['done'],
      to: 'kept',
      event: { kind: 'keep', actor: 'user:ann', detail: {} },
    })
    expect((await apply(world, leave('B', 'A', 'cart'), 'run-3')).status).toBe('done')
  })

  it('two that leave the same zone go on together', async () => {
    const world = twoServices()
    await apply(world, leave('A', 'B'), 'run-1')
    for (const server of world.servers) server.weight = 100
    expect((await apply(world, leave('A', 'B', 'cart'), 'run-2')).status).toBe('done')
  })

  it('runbooks that exclude each other are never open at the same time', async () => {
    const world = twoServices()
    world.policy = actionPolicy.parse({ ...roomy, interlocks: { excludes: [['drill', 'payment-drop']] } })
    expect((await apply(world, limit('payment'), 'run-1')).status).toBe('done')
    world.limit = null
    expect((await apply(world, limit('cart'), 'run-2', 'drill')).status).toBe('refused')
    expect((await apply(world, limit('cart'), 'run-3', 'other')).status).toBe('done')
  })

  it.each([
    ['the first', ['drill'], []],
    ['the second', [], ['payment-drop']],
  ])('a document excludes a runbook: that of %s', async (_, first, second) => {
    const world = twoServices()
    const applied = await apply(world, limit('payment'), 'run-1', 'payment-drop', first)
    expect(applied.status).toBe('done')
    world.limit = null
    const refused = await apply(world, limit('cart'), 'run-2', 'drill', second)
    expect(refused.status).toBe('refused')
    expect(JSON.stringify(await world.ledger.events(refused.id))).toContain('exclude each other')
    // Neither has to do with a third.
    expect((await apply(world, limit('cart'), 'run-3', 'other')).status).toBe('done')
  })

  it('a zone counts as drained exactly when nothing of it serves any more', () => {
    const server = fc.record({
      zone: fc.constantFrom('A', 'B', ''),
      weight: fc.constantFrom(0, 50, 100),
      up: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(server, { maxLength: 8 }),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (servers, taken) => {
          const before = {
            target: 'pay',
            version: 'v',
            instance: null,
            values: {},
            notes: {},
            servers: servers.map((one, n) => ({ ...one, name: `s${n}`, requestsPerSecond: null, requestsTotal: null })),
          }
          const weights = Object.fromEntries(before.servers.filter((_, n) => taken[n]).map(({ name }) => [name, 0]))
          const serves = (zone: string, after: boolean) =>
            before.servers.some(
              ({ zone: of, up, weight, name }) => of === zone && up && (after ? (weights[name] ?? weight) : weight) > 0,
            )
          const expected = ['A', 'B'].filter((zone) => serves(zone, false) && !serves(zone, true))
          expect([...zonesDrained({ kind: 'set-weights', target: 'pay', weights }, before)].toSorted()).toEqual(
            expected,
          )
        },
      ),
    )
  })
})
