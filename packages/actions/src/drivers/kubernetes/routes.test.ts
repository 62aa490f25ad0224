/** Routes against an imitation of the API server (see test/kubernetes-imitation.ts): the kinds are extensions, which the recorded one does not have. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeDriver, type DriverWorld } from '../../../test/conformance.ts'
import { startKubernetesImitation, type KubernetesImitation } from '../../../test/kubernetes-imitation.ts'
import type { Driver, Intent } from '../../driver.ts'
import { createKubernetesDriver } from './kubernetes.ts'

const httpRoute = 'apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/checkout'
const virtualService = 'apis/networking.istio.io/v1/namespaces/shop/virtualservices/checkout'
const freely = { key: 'k', fence: 1, expect: null, sendBefore: Infinity }
const metadata = { name: 'checkout', namespace: 'shop' }

const driverAt = (address: string): Driver =>
  createKubernetesDriver({
    address,
    token: null,
    zoneOf: (service) => (service.startsWith('payment-') ? service.slice('payment-'.length).toUpperCase() : null),
    timeoutMs: 1500,
  })
const weigh = (target: string, weights: Record<string, number>): Intent => ({ kind: 'set-weights', target, weights })
const backends = (a: number, b: number) => ({
  rules: [
    {
      backendRefs: [
        { name: 'payment-a', port: 80, weight: a },
        { name: 'payment-b', port: 80, weight: b },
      ],
    },
  ],
})
const subsets = (first: number, second: number) => ({
  hosts: ['checkout'],
  http: [
    {
      route: [
        { destination: { host: 'payment.shop.svc.cluster.local', subset: 'v1' }, weight: first },
        { destination: { host: 'payment.shop.svc.cluster.local', subset: 'v2' }, weight: second },
      ],
    },
  ],
})

function endpoints(cluster: KubernetesImitation, service: string, ready: boolean[]): void {
  cluster.put(`apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/${service}-1`, {
    metadata: { name: `${service}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
    endpoints: ready.map((each) => ({ conditions: { ready: each } })),
  } as Parameters<KubernetesImitation['put']>[1])
}

async function openWorld(of: {
  target: string
  path: string
  spec: (first: number, second: number) => unknown
  names: [string, string]
}): Promise<DriverWorld> {
  const { target, path, spec, names } = of
  const cluster = await startKubernetesImitation()
  cluster.put(path, { metadata, spec: spec(90, 10) })
  const [first, second] = names
  const weights = (one: number, other: number): Intent => weigh(target, { [first]: one, [second]: other })
  return {
    driver: driverAt(cluster.address),
    away: driverAt('http://127.0.0.1:1'),
    target,
    change: weights(0, 100),
    back: weights(90, 10),
    unknownTarget: target.replace('checkout', 'nobody'),
    refused: [
      weights(-1, 100),
      weights(0.5, 100),
      weights(NaN, 100),
      weights(1_000_001, 100),
      weigh(target, { 'a b': 1 }),
      weigh('shop/httproutes/../secrets', { [first]: 1 }),
      weigh('shop/secrets/checkout', { [first]: 1 }),
      { kind: 'set-values', target, values: { replicas: 1 } },
    ],
    writes: cluster.writes,
    fail: cluster.fail,
    cannot: { 'half-apply': 'a change is one JSON Patch, which the server does whole or not at all' },
    async touch() {
      cluster.change(path, { spec: spec(50, 50) })
    },
    compares: true,
    async vanish() {
      cluster.remove(path)
    },
    close: cluster.close,
  }
}

describeDriver('an imitation of Kubernetes: an HTTPRoute', () =>
  openWorld({
    target: 'shop/httproutes/checkout',
    path: httpRoute,
    spec: backends,
    names: ['payment-a', 'payment-b'],
  }),
)

describeDriver('an imitation of Kubernetes: a VirtualService', () =>
  openWorld({
    target: 'shop/virtualservices/checkout',
    path: virtualService,
    spec: subsets,
    names: ['payment.shop.svc.cluster.local:v1', 'payment.shop.svc.cluster.local:v2'],
  }),
)

describe('an imitation of Kubernetes: routes', () => {
  const target = 'shop/httproutes/checkout'
  let cluster: KubernetesImitation
  let driver: Driver
  beforeEach(async () => {
    cluster = await startKubernetesImitation()
    driver = driverAt(cluster.address)
  })
  afterEach(() => cluster.close())
  const weightsOf = async (of = target) =>
    Object.fromEntries((await driver.observe(of)).servers.map(({ name, weight }) => [name, weight]))

  it('say of each backend its zone, and whether its service has a ready endpoint', async () => {
    cluster.put(httpRoute, { metadata, spec: backends(90, 10) })
    endpoints(cluster, 'payment-a', [false, true])
    endpoints(cluster, 'payment-b', [false])
    const { servers } = await driver.observe(target)
    expect(servers.map(({ name, zone, up, requestsTotal }) => ({ name, zone, up, requestsTotal }))).toEqual([
      { name: 'payment-a', zone: 'A', up: true, requestsTotal: null },
      { name: 'payment-b', zone: 'B', up: false, requestsTotal: null },
    ])
  })

  it('of several rules are told apart, and a weight that is not written out is 1', async () => {
    const rule = (b: object) => ({
      backendRefs: [
        { name: 'payment-a', weight: 9 },
        { name: 'payment-b', ...b },
      ],
    })
    cluster.put(httpRoute, { metadata, spec: { rules: [rule({}), rule({ weight: 3 })] } })
    const found = { '0.payment-a': 9, '0.payment-b': 1, '1.payment-a': 9, '1.payment-b': 3 }
    expect(await weightsOf()).toEqual(found)
    await driver.apply(weigh(target, { '0.payment-b': 5 }), freely)
    expect(await weightsOf()).toEqual({ ...found, '0.payment-b': 5 })
  })

  it('of Istio: a lone destination takes all, and one of several without a weight takes nothing', async () => {
    const of = 'shop/virtualservices/checkout'
    const to = (host: string, more: object = {}) => ({ destination: { host }, ...more })
    const http = [{ route: [to('stock')] }, { route: [to('payment', { weight: 100 }), to('payment-old')] }]
    cluster.put(virtualService, { metadata, spec: { http } })
    expect(await weightsOf(of)).toEqual({ '0.stock': 100, '1.payment': 100, '1.payment-old': 0 })
    await driver.apply(weigh(of, { '1.payment': 20, '1.payment-old': 80 }), freely)
    expect(await weightsOf(of)).toEqual({ '0.stock': 100, '1.payment': 20, '1.payment-old': 80 })
  })

  it('a backend that the route does not have is named, and nothing is sent', async () => {
    cluster.put(httpRoute, { metadata, spec: backends(90, 10) })
    const change = weigh(target, { 'payment-a': 0, 'payment-c': 100 })
    await expect(driver.apply(change, freely)).rejects.toMatchObject({ code: 'unknown-target' })
    expect(cluster.writes()).toBe(0)
  })

  it('a status that was written between look and write is passed, a change of somebody is not overwritten', async () => {
    cluster.put(httpRoute, { metadata, spec: backends(90, 10) })
    const change = weigh(target, { 'payment-a': 0, 'payment-b': 100 })
    cluster.meanwhile(() => cluster.change(httpRoute, { status: { parents: [] } }))
    await driver.apply(change, freely)
    expect(await weightsOf()).toEqual({ 'payment-a': 0, 'payment-b': 100 })
    cluster.meanwhile(() => cluster.change(httpRoute, { spec: backends(50, 50) }))
    await expect(driver.apply(weigh(target, { 'payment-a': 90 }), freely)).rejects.toMatchObject({ code: 'stale' })
    expect(await weightsOf()).toEqual({ 'payment-a': 50, 'payment-b': 50 })
  })
})
