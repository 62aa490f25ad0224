import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDriver } from '../../test/conformance.ts'
import { freely } from '../../test/edge-world.ts'
import { startFaultProxy } from '../../test/fault-proxy.ts'
import { startHaproxy, type HaproxyWorld } from '../../test/haproxy-world.ts'
import type { Driver, Intent, SettingValue } from '../driver.ts'
import { createHaproxyDriver } from './haproxy.ts'

const zoneOf = (host: string): string | null => host.split('-')[1]?.toUpperCase() ?? null
const target = 'payment'
const weights = (values: Record<string, number>): Intent => ({ kind: 'set-weights', target, weights: values })
const limits = (values: Record<string, SettingValue>): Intent => ({ kind: 'set-values', target, values })

const worlds: {
  name: string
  change: (hosts: string[]) => Intent
  back: (hosts: string[]) => Intent
  touch: (hosts: string[]) => Intent
}[] = [
  {
    name: 'HAProxy weights',
    change: ([one = '', two = '']) => weights({ [one]: 0, [two]: 0 }),
    back: ([one = '', two = '']) => weights({ [one]: 100, [two]: 100 }),
    touch: ([one = '']) => weights({ [one]: 37 }),
  },
  {
    name: 'HAProxy limits',
    change: () => limits({ limit: 20, 'limit:route:/refund': 5, 'limit:caller:app': 7 }),
    back: () => limits({ limit: null, 'limit:route:/refund': null, 'limit:caller:app': null }),
    touch: () => limits({ limit: 99 }),
  },
]

for (const { name, change, back, touch } of worlds)
  describeDriver(name, async () => {
    const proxy = await startHaproxy()
    const between = await startFaultProxy({
      upstreamPort: proxy.adminPort,
      kindOf: (text) => (text.startsWith('show ') ? 'read' : 'write'),
      doneAnswer: '\n',
      endsAfterAnswer: true,
    })
    const hosts = proxy.hosts.map(({ id }) => id)
    const driver = (port: number): Driver =>
      createHaproxyDriver({ address: `tcp://127.0.0.1:${port}`, zoneOf, timeoutMs: 1500 })
    return {
      driver: driver(between.port),
      away: driver(1),
      target,
      change: change(hosts),
      back: back(hosts),
      unknownTarget: 'nothing',
      refused: [
        weights({ 'pay-a-1 weight 0;disable server payment/pay-b-1': 0 }),
        weights({ 'pay-a-1\ndisable frontend shop': 0 }),
        weights({ '../pay': 0 }),
        weights({ [hosts[0] ?? '']: 257 }),
        weights({ [hosts[0] ?? '']: 0, [hosts[1] ?? '']: 0.5 }),
        limits({ limit: 0 }),
        limits({ limit: 1.5 }),
        limits({ limit: '20' }),
        limits({}),
        limits({ replicas: 3 }),
        limits({ limit: 5, 'limit:route:/a b': 5 }),
        limits({ 'limit:route:/a\n;b': 5 }),
        limits({ 'limit:route:refund': 5 }),
        limits({ 'limit:caller:a/b': 5 }),
        { kind: 'set-values', target: '*', values: { limit: 5 } },
        {
          kind: 'set-silence',
          target,
          until: null,
          comment: 'x',
          matchers: [
            { name: 'a', value: 'b' },
            { name: 'c', value: 'd' },
          ],
        },
      ],
      writes: between.writes,
      fail: between.fail,
      touch: () => driver(proxy.adminPort).apply(touch(hosts), freely),
      compares: true,
      vanish: proxy.stop,
      async close() {
        await between.close()
        await proxy.close()
      },
    }
  })

describe('HAProxy, real', () => {
  let world: HaproxyWorld
  let edge: Driver
  beforeAll(async () => {
    world = await startHaproxy()
    edge = createHaproxyDriver({ address: `tcp://127.0.0.1:${world.adminPort}`, zoneOf })
  }, 20_000)
  afterAll(() => world?.close())

  const ask = async (path: string, caller?: string): Promise<number> =>
    (await fetch(`${world.front}${path}`, caller === undefined ? {} : { headers: { 'x-caller': caller } })).status
  /** How many of `count` requests at once were refused. */
  const refusedOf = async (count: number, path: string, caller?: string): Promise<number> => {
    let refused = 0
    for (let n = 0; n < count; n += 1) if ((await ask(path, caller)) === 429) refused += 1
    return refused
  }

  it('is observed with its zones, weights, counters and process', async () => {
    const state = await edge.observe('payment')
    expect(state.servers.map(({ name, weight }) => [name, weight])).toEqual(world.hosts.map(({ id }) => [id, 100]))
    expect(state.servers.every(({ requestsTotal }) => requestsTotal !== null)).toBe(true)
    expect(state.values).toEqual({ limit: null })
    expect(state.instance).toMatch(/^\d+/)
  })

  it('takes real requests away from servers and gives them back', async () => {
    const [one = ''] = world.hosts.map(({ id }) => id)
    await edge.apply(weights({ [one]: 0 }), freely)
    const before = { ...world.served }
    await refusedOf(40, '/payment/pay')
    expect(world.served[one]).toBe(before[one])
    await edge.apply(weights({ [one]: 100 }), freely)
    await refusedOf(40, '/payment/pay')
    expect(world.served[one] ?? 0).toBeGreaterThan(before[one] ?? 0)
  })

  it('limits one route, by its longest prefix, and leaves the others alone', async () => {
    await edge.apply(limits({ 'limit:route:/refund': 3, 'limit:route:/refund/test': 100_000 }), freely)
    expect((await edge.observe('payment')).values).toEqual({
      limit: null,
      'limit:route:/refund': 3,
      'limit:route:/refund/test': 100_000,
    })
    expect(await refusedOf(20, '/payment/refund/1')).toBeGreaterThan(0)
    expect(await refusedOf(20, '/payment/refund/test/1')).toBe(0)
    expect(await refusedOf(20, '/payment/pay')).toBe(0)
    await edge.apply(limits({ 'limit:route:/refund': null, 'limit:route:/refund/test': null }), freely)
    await sleep(2100)
    expect(await refusedOf(20, '/payment/refund/1')).toBe(0)
  })

  it('limits one caller, and all requests', async () => {
    await edge.apply(limits({ 'limit:caller:app': 3 }), freely)
    expect(await refusedOf(20, '/payment/pay', 'app')).toBeGreaterThan(0)
    expect(await refusedOf(20, '/payment/pay', 'web')).toBe(0)
    expect(await refusedOf(20, '/payment/pay')).toBe(0)
    await edge.apply(limits({ 'limit:caller:app': null, limit: 3 }), freely)
    expect(await refusedOf(20, '/payment/pay', 'web')).toBeGreaterThan(0)
    await edge.apply(limits({ limit: null }), freely)
  })

  it('has forgotten all after a restart, and says that another process answers', async () => {
    const [one = ''] = world.hosts.map(({ id }) => id)
    await edge.apply(weights({ [one]: 0 }), freely)
    await edge.apply(limits({ limit: 9 }), freely)
    const before = await edge.observe('payment')
    await world.restart()
    const after = await edge.observe('payment')
    expect(after.instance).not.toBe(before.instance)
    expect(after.values).toEqual({ limit: null })
    expect(after.servers[0]?.weight).toBe(100)
  })

  it('names a server that HAProxy does not know', async () => {
    await expect(edge.apply(weights({ 'pay-z-9': 0 }), freely)).rejects.toMatchObject({ code: 'unknown-target' })
    const other = createHaproxyDriver({ address: world.front.replace('http', 'tcp'), zoneOf })
    await expect(other.observe('payment')).rejects.toMatchObject({ code: /bad-answer|target-unreachable/ })
  })
})
