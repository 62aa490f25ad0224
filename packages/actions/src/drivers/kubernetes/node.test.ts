/** Nodes against an imitation of the API server (see test/kubernetes-imitation.ts); kubernetes.test.ts has what was recorded with a real one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeDriver } from '../../../test/conformance.ts'
import { EdgeWorld, testScope } from '../../../test/edge-world.ts'
import { startKubernetesImitation, type KubernetesImitation } from '../../../test/kubernetes-imitation.ts'
import { applyAction } from '../../apply-action.ts'
import type { ApplyCall, Driver, Intent, SettingValue } from '../../driver.ts'
import { createKubernetesDriver } from './kubernetes.ts'

const target = 'nodes/worker-1'
const node = 'api/v1/nodes/worker-1'
const pod = (name: string): string => `api/v1/namespaces/shop/pods/${name}`
const set = (values: Record<string, SettingValue>, of = target): Intent => ({ kind: 'set-values', target: of, values })
const drain = set({ unschedulable: true, drained: true })
const driverAt = (address: string): Driver =>
  createKubernetesDriver({ address, token: null, zoneOf: () => null, timeoutMs: 1500 })

/** A node with two pods that would be moved, one of a DaemonSet and one that ended. */
async function openCluster(): Promise<KubernetesImitation> {
  const cluster = await startKubernetesImitation()
  cluster.put(node, { metadata: { name: 'worker-1' }, spec: {} })
  const runs = (name: string, owner: string, phase = 'Running'): void => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: owner, name: 'owner', controller: true }]
    const metadata = { name, namespace: 'shop', ownerReferences }
    cluster.put(pod(name), { metadata, spec: { nodeName: 'worker-1' }, status: { phase } })
  }
  runs('payment-1', 'ReplicaSet')
  runs('payment-2', 'ReplicaSet')
  runs('agent', 'DaemonSet')
  runs('import', 'Job', 'Succeeded')
  return cluster
}

describeDriver('an imitation of Kubernetes: a node', async () => {
  const cluster = await openCluster()
  return {
    driver: driverAt(cluster.address),
    away: driverAt('http://127.0.0.1:1'),
    target,
    change: drain,
    back: set({ unschedulable: false }),
    unknownTarget: 'nodes/nobody',
    refused: [
      set({ unschedulable: 'yes' }),
      set({ unschedulable: null }),
      set({ drained: true }),
      set({ unschedulable: false, drained: true }),
      set({ unschedulable: true, drained: false }),
      set({ unschedulable: true, color: 'red' }),
      set({ unschedulable: true }, 'nodes/../pods'),
      { kind: 'set-weights', target, weights: { a: 1 } },
    ],
    writes: cluster.writes,
    fail: cluster.fail,
    async touch() {
      cluster.change(node, { spec: { unschedulable: true } })
    },
    touched: 'partial',
    compares: true,
    async vanish() {
      cluster.remove(node)
    },
    close: cluster.close,
  }
})

describe('an imitation of Kubernetes: draining a node', () => {
  let cluster: KubernetesImitation
  let driver: Driver
  beforeEach(async () => {
    cluster = await openCluster()
    driver = driverAt(cluster.address)
  })
  afterEach(() => cluster.close())
  const call = (seconds: number): ApplyCall => ({
    key: 'k',
    fence: 1,
    expect: null,
    sendBefore: performance.now() + seconds * 1000,
  })
  const values = async () => (await driver.observe(target)).values

  it('moves pods that a controller makes anew, and leaves those of the node and those that ended', async () => {
    expect(await values()).toEqual({ unschedulable: false, drained: false, pods: 2, unmanagedPods: 0 })
    await driver.apply(drain, call(600))
    expect(await values()).toEqual({ unschedulable: true, drained: true, pods: 0, unmanagedPods: 0 })
    expect(cluster.get(pod('agent'))).toBeDefined()
    expect(cluster.get(pod('import'))).toBeDefined()
  })

  it('asks again while a disruption budget holds a pod, and ends when it lets go', async () => {
    cluster.evictions = 1
    const draining = driver.apply(drain, call(600))
    await expect.poll(() => cluster.writes(), { timeout: 20_000 }).toBeGreaterThanOrEqual(4)
    expect(await values()).toMatchObject({ unschedulable: true, drained: false, pods: 1 })
    cluster.evictions = 1
    await draining
    expect(await values()).toMatchObject({ unschedulable: true, drained: true, pods: 0 })
  })

  it('is not done when the budget does not let go in time, and the node takes pods as before', async () => {
    cluster.evictions = 0
    cluster.retryAfter = 10
    const error = {
      code: 'target-refused',
      retryable: true,
      fix: expect.stringMatching(/takes new pods again/) as unknown,
    }
    const draining = driver.apply(drain, call(9))
    await expect(draining).rejects.toMatchObject(error)
    await expect(draining).rejects.toThrow(/shop\/payment-2: Cannot evict pod as it would violate .* disruption budget/)
    expect(await values()).toEqual({ unschedulable: false, drained: false, pods: 2, unmanagedPods: 0 })
  })

  it('ends in the ledger as not done, and says what held it', async () => {
    cluster.evictions = 0
    cluster.retryAfter = 10
    const slow = createKubernetesDriver({ address: cluster.address, token: null, zoneOf: () => null, timeoutMs: 9000 })
    const { deps, ledger, policy } = new EdgeWorld()
    const at = { title: 'worker-1', connection: 'cluster', backend: target, driver: slow, limits: policy.capacity }
    deps.targets = { of: async () => at, forConnection: async () => slow }
    const common = { connection: 'cluster', node: 'worker-1', leaseSeconds: 60 }
    const request = { kind: 'drain-node' as const, evict: true, ...common }
    const action = await applyAction({ ...testScope, request, approvedHash: null, approvedBy: null }, deps)
    expect(action.status).toBe('not-done')
    const said = (await ledger.events(action.id)).find(({ kind }) => kind === 'apply')
    expect(said?.detail).toMatchObject({
      error: expect.stringMatching(/could not be drained: shop\/payment/) as unknown,
    })
    expect(await values()).toMatchObject({ unschedulable: false, pods: 2 })
  })

  it('leaves a node out of scheduling that was so before', async () => {
    cluster.change(node, { spec: { unschedulable: true } })
    cluster.evictions = 0
    cluster.retryAfter = 10
    const fix = expect.stringMatching(/out of scheduling before, and still is/) as unknown
    await expect(driver.apply(drain, call(9))).rejects.toMatchObject({ code: 'target-refused', fix })
    expect(await values()).toMatchObject({ unschedulable: true, pods: 2 })
  })

  it('does not evict a pod of the same name that was made since', async () => {
    cluster.evictions = 1
    // Before the first eviction: the second write.
    cluster.meanwhile(() => undefined)
    cluster.meanwhile(() => {
      const old = cluster.get(pod('payment-1'))
      cluster.put(pod('payment-1'), { ...old, metadata: { name: 'payment-1', namespace: 'shop' }, spec: {} })
    })
    await driver.apply(drain, call(600))
    expect(cluster.get(pod('payment-1'))).toBeDefined()
    expect(cluster.get(pod('payment-2'))).toBeUndefined()
  })

  it('meets a heartbeat between its look and its write, and is done', async () => {
    const { version } = await driver.observe(target)
    cluster.meanwhile(() => cluster.change(node, { status: { heartbeat: 1 } }))
    await driver.apply(set({ unschedulable: true }), { ...call(600), expect: version })
    expect(await values()).toMatchObject({ unschedulable: true })
  })
})
