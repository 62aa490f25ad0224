/** The driver against what a real API server said (see test/kubernetes-server.ts). No controllers run there: what they make is made by hand. */
import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeDriver, type DriverWorld } from '../../../test/conformance.ts'
import { startKubernetesServer, type KubernetesServer } from '../../../test/kubernetes-server.ts'
import type { TargetState } from '../../driver.ts'
import { createKubernetesDriver } from './kubernetes.ts'

const file = new URL('../../../test/kubernetes-recorded.json', import.meta.url)
const zoneOf = () => null
const named = z.object({ metadata: z.object({ uid: z.string() }) })
const deployments = 'apis/apps/v1/namespaces/default/deployments'
const call = { key: 'k', fence: 1, expect: null, sendBefore: Infinity }

const template = (image: string) => ({
  metadata: { labels: { app: 'payment' } },
  spec: { containers: [{ name: 'main', image }] },
})

/** Starts with an untouched deployment `payment` of 3 replicas, image 2, whose revision 1 had image 1. */
/** Each test has its part of the recording. */
const partNow = (): string => expect.getState().currentTestName ?? ''

async function openShop(): Promise<KubernetesServer> {
  const server = await startKubernetesServer({ file, part: partNow() })
  await server.admin('DELETE', `${deployments}/payment`).catch(() => null)
  await server.admin('DELETE', 'apis/apps/v1/namespaces/default/replicasets').catch(() => null)
  const selector = { matchLabels: { app: 'payment' } }
  const made = await server.admin('POST', deployments, {
    metadata: { name: 'payment', annotations: { 'deployment.kubernetes.io/revision': '2' } },
    spec: { replicas: 3, selector, template: template('shop/payment:2') },
  })
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'payment', controller: true }
  for (const revision of ['1', '2'])
    await server.admin('POST', 'apis/apps/v1/namespaces/default/replicasets', {
      metadata: {
        name: `payment-${revision}`,
        labels: { app: 'payment' },
        annotations: { 'deployment.kubernetes.io/revision': revision },
        ownerReferences: [{ ...owner, uid: named.parse(made).metadata.uid }],
      },
      spec: { replicas: 0, selector, template: template(`shop/payment:${revision}`) },
    })
  return server
}

const driverOf = (address: string) => createKubernetesDriver({ address, token: null, zoneOf, timeoutMs: 1500 })

async function deploymentWorld(): Promise<DriverWorld> {
  const server = await openShop()
  const target = 'default/deployments/payment'
  const replicas = (count: number) => ({ kind: 'set-values' as const, target, values: { replicas: count } })
  return {
    driver: driverOf(server.address),
    away: driverOf('http://127.0.0.1:1'),
    target,
    change: replicas(5),
    back: replicas(3),
    unknownTarget: 'default/deployments/nobody',
    refused: [
      replicas(-1),
      replicas(1.5),
      { kind: 'set-values', target, values: { color: 'red' } },
      { kind: 'set-values', target, values: { restartedAt: 'now' } },
      { kind: 'set-values', target: '../../secrets', values: { replicas: 1 } },
      { kind: 'set-weights', target, weights: { a: 1 } },
    ],
    writes: server.writes,
    fail: server.fail,
    cannot: { 'half-apply': 'a change is one call, which the server does whole or not at all' },
    async touch() {
      await server.admin('PATCH', `${deployments}/payment`, { spec: { replicas: 4 } }, 'application/merge-patch+json')
    },
    compares: true,
    async vanish() {
      await server.admin('DELETE', `${deployments}/payment`)
    },
    close: server.close,
  }
}

describeDriver('a deployment of Kubernetes', deploymentWorld)

test('goes back to the template of a revision, and forth again; a restart is no other template', async () => {
  const server = await openShop()
  try {
    const target = 'default/deployments/payment'
    const driver = driverOf(server.address)
    const before = await driver.observe(target)
    const [first, second] = [before.values['template:1'] ?? null, before.values['template:2'] ?? null]
    expect(before.values['template']).toBe(second)
    expect(first).not.toBe(second)
    const set = (values: TargetState['values']) =>
      driver.apply({ kind: 'set-values', target, values }, call).then(() => driver.observe(target))
    const at = '2026-11-30T06:00:00Z'
    expect((await set({ restartedAt: at })).values).toMatchObject({ restartedAt: at, template: second, replicas: 3 })
    expect((await set({ template: first })).values).toMatchObject({ template: first, restartedAt: at, replicas: 3 })
    expect((await set({ template: second })).values).toMatchObject({ template: second })
    await expect(set({ template: '0123456789abcdef' })).rejects.toMatchObject({ code: 'unknown-target' })
  } finally {
    await server.close()
  }
})

test('a node is drained by eviction, and pods without a controller are not lost', async () => {
  const server = await startKubernetesServer({ file, part: partNow() })
  try {
    await server.admin('DELETE', 'api/v1/nodes/worker-1').catch(() => null)
    await server.admin('DELETE', 'api/v1/namespaces/default/pods/lone?gracePeriodSeconds=0').catch(() => null)
    await server.admin('DELETE', 'api/v1/namespaces/default/pods/kept?gracePeriodSeconds=0').catch(() => null)
    await server.admin('POST', 'api/v1/nodes', { metadata: { name: 'worker-1' } })
    const pod = (name: string, owners: unknown[]) =>
      server.admin('POST', 'api/v1/namespaces/default/pods', {
        metadata: { name, ownerReferences: owners },
        spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'shop/payment:1' }] },
      })
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'payment-1',
      controller: true,
      uid: 'a-replica-set',
    }
    await pod('kept', [owner])
    await pod('lone', [])
    const driver = driverOf(server.address)
    const drain = () =>
      driver.apply(
        { kind: 'set-values', target: 'nodes/worker-1', values: { unschedulable: true, drained: true } },
        call,
      )
    expect((await driver.observe('nodes/worker-1')).values).toMatchObject({ pods: 2, unmanagedPods: 1, drained: false })
    await expect(drain()).rejects.toThrow(/lone has no controller/)
    expect((await driver.observe('nodes/worker-1')).values).toMatchObject({ unschedulable: true, pods: 2 })
    await server.admin('DELETE', 'api/v1/namespaces/default/pods/lone?gracePeriodSeconds=0')
    await drain()
    expect((await driver.observe('nodes/worker-1')).values).toMatchObject({
      unschedulable: true,
      pods: 0,
      drained: true,
    })
  } finally {
    await server.close()
  }
})
