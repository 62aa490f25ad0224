import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freely } from '../../test/edge-world.ts'
import { startGateway, twoZones, type GatewayOptions, type TestGateway } from '../../test/gateway.ts'
import type { Driver, Intent } from '../driver.ts'
import { createHttpEdgeDriver, featureTarget, incidentTarget } from './http-edge.ts'

const zoneOf = (host: string): string => (host.includes('-a-') ? 'A' : 'B')
let gateway: TestGateway
let driver: Driver

async function open(options: GatewayOptions = {}): Promise<void> {
  await gateway?.close()
  gateway = await startGateway({ token: 'secret', ...options })
  driver = createHttpEdgeDriver({ address: gateway.address, zoneOf, token: 'secret', timeoutMs: 1500 })
}
beforeEach(() => open())
afterEach(() => gateway.close())

const drain = (target = 'payment'): Intent => ({
  kind: 'set-weights',
  target,
  weights: target === '*' ? { 'payment/pay-a-1': 0, 'stock/stock-a-1': 0 } : { 'pay-a-1': 0, 'pay-a-2': 0 },
})
const setValues = (target: string, values: Extract<Intent, { kind: 'set-values' }>['values']): Intent => ({
  kind: 'set-values',
  target,
  values,
})
const weight = (name: string) => gateway.truth.at(-1)?.weights[name]

describe('backends of a gateway', () => {
  it('are observed one by one, or all at once', async () => {
    gateway.touch('/backends/payment/limits', {
      limits: [{ requestsPerSecond: 20 }, { route: '/refund', requestsPerSecond: 2 }],
    })
    const state = await driver.observe('payment')
    expect(state).toMatchObject({ values: { limit: 20, 'limit:route:/refund': 2 }, instance: expect.any(String) })
    expect(state.servers[0]).toMatchObject({ name: 'pay-a-1', zone: 'A', weight: 100, up: true, requestsTotal: 0 })
    expect((await driver.observe('*')).servers.map(({ name }) => name)).toContain('stock/stock-b-3')
    expect(gateway.changes()).toEqual([])
  })

  it('take absolute weights and limits, each with its key, fence and version', async () => {
    const before = await driver.observe('payment')
    await driver.apply(drain(), { ...freely, key: 'a1/wave-0', fence: 4, expect: before.version })
    expect(weight('payment/pay-a-1')).toBe(0)
    expect(gateway.changes()).toMatchObject([
      {
        path: '/backends/payment/weights',
        key: 'a1/wave-0:backends/payment/weights',
        fence: 4,
        scope: 'payment',
        ifMatch: `"${before.version}"`,
      },
    ])
    await driver.apply(setValues('payment', { 'limit:caller:app': 7, limit: null }), { ...freely, fence: 5 })
    expect((await driver.observe('payment')).values).toEqual({ limit: null, 'limit:caller:app': 7 })
    const all = await driver.observe('*')
    await driver.apply(drain('*'), { ...freely, expect: all.version })
    expect(weight('stock/stock-a-1')).toBe(0)
  })

  it('have a version that changes when somebody changed them, and only then', async () => {
    const { version } = await driver.observe('payment')
    await driver.apply(drain(), { ...freely, fence: 1 })
    const drained = await driver.observe('payment')
    expect(drained.version).not.toBe(version)
    await driver.apply(drain(), { ...freely, key: 'other', fence: 2 })
    expect((await driver.observe('payment')).version).toBe(drained.version)
    // What was put back is another version still: a hash could not tell.
    gateway.touch('/backends/payment/weights', { weights: { 'pay-a-1': 100, 'pay-a-2': 100 } })
    expect((await driver.observe('payment')).version).not.toBe(version)
  })
})

describe('features and incidents of a gateway', () => {
  it('a feature is set to one of its values', async () => {
    const target = featureTarget('recommendations')
    const state = await driver.observe(target)
    expect(state).toMatchObject({
      values: { recommendations: 'full' },
      notes: { title: 'Recommendations', 'can be': 'full, cached, off' },
    })
    await driver.apply(setValues(target, { recommendations: 'off' }), { ...freely, expect: state.version })
    expect((await driver.observe(target)).values).toEqual({ recommendations: 'off' })
    await expect(
      driver.apply(setValues(target, { recommendations: 'half' }), { ...freely, key: 'k2', fence: 2 }),
    ).rejects.toMatchObject({ code: 'target-refused' })
    await expect(driver.observe(featureTarget('unheard-of'))).rejects.toMatchObject({ code: 'unknown-target' })
  })

  it('an incident is opened once by its key, and closed with the title that it has', async () => {
    const target = incidentTarget('pay-42')
    expect((await driver.observe(target)).values).toEqual({ incident: null })
    // Closing one that was never opened asks for nothing.
    await driver.apply(setValues(target, { incident: null }), freely)
    expect(gateway.state.incidents).toEqual([])
    await driver.apply(setValues(target, { incident: 'Payment fell' }), freely)
    await driver.apply(setValues(target, { incident: 'Payment fell' }), { ...freely, key: 'again', fence: 2 })
    expect(gateway.state.incidents).toEqual([{ key: 'pay-42', title: 'Payment fell', state: 'open' }])
    await driver.apply(setValues(target, { incident: null }), { ...freely, key: 'close', fence: 3 })
    expect(gateway.state.incidents).toEqual([{ key: 'pay-42', title: 'Payment fell', state: 'closed' }])
    expect((await driver.observe(target)).values).toEqual({ incident: null })
  })
})

describe('what a gateway refuses', () => {
  it('an older fence, an older version, and a key that came with something else', async () => {
    const { version } = await driver.observe('payment')
    await driver.apply(drain(), { ...freely, key: 'new', fence: 9, expect: version })
    const back: Intent = { kind: 'set-weights', target: 'payment', weights: { 'pay-a-1': 100, 'pay-a-2': 100 } }
    for (const call of [
      { ...freely, key: 'old', fence: 8 },
      { ...freely, key: 'late', fence: 10, expect: version },
    ])
      await expect(driver.apply(back, call)).rejects.toMatchObject({ code: 'stale' })
    await expect(driver.apply(back, { ...freely, key: 'new', fence: 11 })).rejects.toMatchObject({
      code: 'target-refused',
    })
    expect(gateway.changes()).toHaveLength(1)
  })

  it('a repeated key is answered again and does nothing again', async () => {
    const call = { ...freely, key: 'once', fence: 1 }
    gateway.fail({ kind: 'drop-reply' })
    await expect(driver.apply(drain(), call)).rejects.toMatchObject({ code: 'target-unreachable', retryable: true })
    gateway.touch('/backends/payment/weights', { weights: { 'pay-a-1': 50 } })
    await driver.apply(drain(), { ...call, fence: 2 })
    expect(gateway.truth.at(-1)).toMatchObject({ effect: 'replayed', weights: { 'payment/pay-a-1': 50 } })
  })

  it('a version that changed between the look and the call', async () => {
    const { version } = await driver.observe('payment')
    await open({
      faultFor: ({ method }) => {
        if (method === 'PUT') gateway.touch('/backends/payment/weights', { weights: { 'pay-b-1': 1 } })
        return null
      },
    })
    const { version: fresh } = await driver.observe('payment')
    expect(fresh).not.toBe(version)
    await expect(driver.apply(drain(), { ...freely, expect: fresh })).rejects.toMatchObject({ code: 'stale' })
    expect(weight('payment/pay-a-1')).toBe(100)
  })

  it('a token that is not its own', async () => {
    const stranger = createHttpEdgeDriver({ address: gateway.address, zoneOf, token: 'other' })
    await expect(stranger.observe('payment')).rejects.toMatchObject({
      code: 'target-refused',
      fix: expect.stringContaining('bearer token'),
    })
  })
})

describe('before anything is sent', () => {
  it.each<[string, Intent]>([
    ['a path in a backend', { kind: 'set-weights', target: '../x', weights: { a: 0 } }],
    ['a path in a server', { kind: 'set-weights', target: 'payment', weights: { 'a/b': 0 } }],
    ['a weight below 0', { kind: 'set-weights', target: 'payment', weights: { 'pay-a-1': -1 } }],
    ['a limit of 0', setValues('payment', { limit: 0 })],
    ['a setting that a gateway does not have', setValues('payment', { replicas: 2 })],
    ['a route that is none', setValues('payment', { 'limit:route:x': 2 })],
    ['a limit of all backends', setValues('*', { limit: 2 })],
    ['a feature by another name', setValues(featureTarget('wallet'), { recommendations: 'off' })],
    ['a path in a feature', setValues(featureTarget('../backends'), { '../backends': 1 })],
    ['another setting of an incident', setValues(incidentTarget('x'), { state: 'open' })],
  ])('%s is refused', async (_, intent) => {
    await expect(driver.apply(intent, freely)).rejects.toMatchObject({ code: 'bad-request' })
    expect(gateway.truth).toEqual([])
  })

  it('nothing is sent past the time to send by', async () => {
    await expect(driver.apply(drain(), { ...freely, sendBefore: performance.now() - 1 })).rejects.toMatchObject({
      code: 'stale',
    })
    expect(gateway.truth.filter(({ method }) => method !== 'GET')).toEqual([])
  })
})

describe('gateways that fail', () => {
  it('are told apart by what they left', async () => {
    gateway.fail({ kind: 'lie' })
    await driver.apply(drain(), freely)
    expect(weight('payment/pay-a-1')).toBe(100)
    gateway.fail({ kind: 'half-apply' })
    await expect(driver.apply(drain(), { ...freely, key: 'h', fence: 2 })).rejects.toMatchObject({
      code: 'target-unreachable',
    })
    expect([weight('payment/pay-a-1'), weight('payment/pay-a-2')]).toEqual([0, 100])
    gateway.fail({ kind: 'hang' })
    await expect(driver.apply(drain(), { ...freely, key: 'i', fence: 3 })).rejects.toMatchObject({
      code: 'target-unreachable',
    })
    gateway.fail({ kind: 'refuse' })
    await expect(driver.apply(drain(), { ...freely, key: 'j', fence: 4 })).rejects.toMatchObject({
      code: 'target-refused',
      retryable: true,
    })
    gateway.fail({ kind: 'vanish' })
    await expect(driver.apply(drain(), { ...freely, key: 'k', fence: 5 })).rejects.toMatchObject({
      code: 'unknown-target',
    })
    gateway.fail({ kind: 'vanish' }, { reads: true })
    await expect(driver.observe('payment')).rejects.toMatchObject({ code: 'unknown-target' })
    await expect(driver.observe('gateway')).rejects.toMatchObject({ code: 'unknown-target' })
  })

  it('a restart is another instance and another version', async () => {
    const before = await driver.observe('payment')
    gateway.restart(twoZones())
    const after = await driver.observe('payment')
    expect(after.instance).not.toBe(before.instance)
    expect(after.version).not.toBe(before.version)
  })

  it('one that is away is said to be', async () => {
    const away = createHttpEdgeDriver({ address: 'http://127.0.0.1:1', zoneOf })
    await expect(away.observe('payment')).rejects.toMatchObject({ code: 'target-unreachable', retryable: true })
  })
})
