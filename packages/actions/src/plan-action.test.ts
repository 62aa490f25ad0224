import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope as scope } from '../test/edge-world.ts'
import { planAction } from './plan-action.ts'
import type { ActionRequest } from './request.ts'

const request: ActionRequest = {
  kind: 'traffic-switch',
  entity: 'payment',
  fromZone: 'A',
  toZone: 'B',
  leaseSeconds: 1800,
}
const failing = (plan: Awaited<ReturnType<typeof planAction>>): string[] =>
  plan.guards.filter((guard) => !guard.pass).map((guard) => guard.name)

describe('planAction, traffic switch', () => {
  it('makes the intent absolute and says what it moves', async () => {
    const plan = await planAction(request, new EdgeWorld().deps, scope)
    expect(plan.title).toBe('Switch payment traffic from zone A to zone B for 30 min')
    expect(plan.target).toBe('shop-edge/payment')
    expect(plan.intent).toEqual({
      kind: 'set-weights',
      target: 'payment',
      weights: { 'pay-a-1': 0, 'pay-a-2': 0, 'pay-a-3': 0 },
    })
    expect(plan.revert).toEqual({
      kind: 'set-weights',
      target: 'payment',
      weights: { 'pay-a-1': 100, 'pay-a-2': 100, 'pay-a-3': 100 },
    })
    expect(plan.diff[0]).toEqual({ label: 'pay-a-1', before: 'weight 100', after: 'weight 0' })
    expect(plan.facts).toContainEqual({ label: 'moves', value: '50 % of requests, 6.0/s' })
    expect(plan.facts).toContainEqual({ label: 'capacity in B', value: '20 % → 40 %, below 80 %', tone: 'normal' })
    expect(failing(plan)).toEqual([])
  })

  it('hashes request, intent and version: rates do not change it, weights do', async () => {
    const world = new EdgeWorld()
    const first = await planAction(request, world.deps, scope)
    world.requestsPerSecond = 9
    expect((await planAction(request, world.deps, scope)).hash).toBe(first.hash)
    expect((await planAction({ ...request, leaseSeconds: 900 }, world.deps, scope)).hash).not.toBe(first.hash)
    world.servers[3]!.weight = 50
    expect((await planAction(request, world.deps, scope)).hash).not.toBe(first.hash)
    expect(first.hash).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it.each<[string, (world: EdgeWorld) => void, Partial<ActionRequest>, string[]]>([
    ['an empty selection', () => {}, { fromZone: 'C' }, ['Servers to switch']],
    [
      'a drained zone',
      (world) => world.servers.filter((s) => s.zone === 'A').forEach((s) => (s.weight = 0)),
      {},
      ['Servers to switch'],
    ],
    [
      'too few healthy servers',
      (world) => world.servers.filter((s) => s.name > 'pay-b-1').forEach((s) => (s.up = false)),
      {},
      ['Healthy servers remain', 'Load of the rest'],
    ],
    ['too much load', (world) => void (world.requestsPerSecond = 40), {}, ['Load of the rest']],
    [
      'stopped writes',
      (world) => void (world.stop = { by: 'ann', at: 0, reason: 'drill' }),
      {},
      ['Writes are allowed'],
    ],
    [
      'an unreadable kill switch',
      (world) => void (world.deps.writesStopped = () => Promise.reject(new Error('no database'))),
      {},
      ['Writes are allowed'],
    ],
    ['the zone to leave as the zone to take', () => {}, { toZone: 'A' }, ['Another zone takes it']],
  ])('does not pass %s', async (_, arrange, change, expected) => {
    const world = new EdgeWorld()
    arrange(world)
    const plan = await planAction({ ...request, ...change } as ActionRequest, world.deps, scope)
    expect(failing(plan)).toEqual(expect.arrayContaining(expected))
  })

  it('does not pass when the edge reports no requests: no data never passes', async () => {
    const world = new EdgeWorld()
    world.deps.targets.of = async () => ({
      title: 'payment',
      connection: 'shop-edge',
      backend: 'payment',
      limits: { minimumServers: 2, maximumUtilisation: 0.8, requestsPerSecondPerServer: 10 },
      driver: {
        name: 'mute',
        inFlightSeconds: 1,
        forgets: false,
        apply: () => Promise.reject(new Error('must not be called')),
        observe: async (target) => {
          const state = await world.observe(target)
          return { ...state, servers: state.servers.map((server) => ({ ...server, requestsTotal: null })) }
        },
      },
    })
    const plan = await planAction(request, world.deps, scope)
    expect(failing(plan)).toEqual(['Load of the rest', 'The edge reports'])
    expect(plan.facts[0]).toMatchObject({ label: 'moves', tone: 'inconclusive' })
  })
})

describe('planAction, rate limit', () => {
  it('plans an absolute limit and its way back', async () => {
    const plan = await planAction(
      { kind: 'rate-limit', entity: 'gateway', requestsPerSecond: 6, leaseSeconds: 600 },
      new EdgeWorld().deps,
      scope,
    )
    expect(plan.title).toBe('Limit gateway to 6 requests/s for 10 min')
    expect(plan.revert).toEqual({ kind: 'set-values', target: 'gateway', values: { limit: null } })
    expect(plan.facts).toContainEqual({ label: 'lets through', value: '50 % of the requests of now' })
    expect(failing(plan)).toEqual([])
  })

  it('refuses a limit that would be an outage', async () => {
    const plan = await planAction(
      { kind: 'rate-limit', entity: 'gateway', requestsPerSecond: 1, leaseSeconds: 600 },
      new EdgeWorld().deps,
      scope,
    )
    expect(failing(plan)).toEqual(['Most requests pass'])
  })
})
