/**
 * No Kubernetes runs here. The conversations marked RECORDED are written after the documented formats of its API (`v1`, `apps/v1`),
 * shortened to what is read.
 */
import { describe, expect, it } from 'vitest'
import { answering, hostile, listening, type SeenRequest } from '../../../test/loopback-server.ts'
import { minute, seriesAsk, unshared, type AskOptions } from '../../../test/series-ask.ts'
import { kubernetesKind } from './kubernetes-source.ts'
import { readCluster } from './read-cluster.ts'

const open = (url: string) => kubernetesKind.open({ kind: 'kubernetes', url, secret: 'hidden' }, { fetch: unshared })
const dimensions = {
  namespace: 'namespace',
  phase: 'phase',
  app: 'labels/app.kubernetes.io/name',
  owner: 'owner',
  ready: 'ready',
}
const askOf = (options: Partial<AskOptions> = {}) =>
  seriesAsk({ from: 'pods', grid: [Date.now()], dimensions, measure: { kind: 'gauge', select: '*' }, ...options })

// RECORDED
const pod = (
  name: string,
  more: { phase?: string; app?: string; restarts?: number[]; owner?: [string, string] } = {},
) => {
  const { phase = 'Running', app = 'payment', restarts = [0], owner = ['ReplicaSet', 'payment-7c5ddbdf54'] } = more
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: 'x',
      creationTimestamp: '2026-11-29T10:00:00Z',
      labels: { 'app.kubernetes.io/name': app, 'pod-template-hash': '7c5ddbdf54' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: owner[0], name: owner[1], uid: 'y', controller: true }],
    },
    spec: { nodeName: 'node-1', containers: [] },
    status: {
      phase,
      conditions: [
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: phase === 'Running' ? 'True' : 'False' },
      ],
      containerStatuses: restarts.map((restartCount) => ({ name: 'c', ready: true, restartCount })),
    },
  }
}
const deployment = {
  metadata: {
    name: 'payment',
    namespace: 'shop',
    labels: { app: 'payment' },
    annotations: { team: 'payments', 'kubectl.kubernetes.io/last-applied-configuration': '{...}' },
  },
  spec: { replicas: 3, selector: { matchLabels: { app: 'payment' } } },
  status: { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2 },
}
const service = {
  metadata: { name: 'payment', namespace: 'shop' },
  spec: { type: 'ClusterIP', selector: { app: 'payment' } },
}
const node = {
  metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'A' } },
  spec: { unschedulable: true },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}
const list = (kind: string, items: unknown, more: Record<string, unknown> = {}) => ({
  kind: `${kind}List`,
  apiVersion: 'v1',
  metadata: { resourceVersion: '7', ...more },
  items,
})

const cluster = ({ path }: SeenRequest) => {
  if (path.startsWith('/version')) return { body: { major: '1', minor: '31', gitVersion: 'v1.31.2' } }
  if (path.startsWith('/api/v1/pods?limit=500&continue=page2'))
    return { body: list('Pod', [pod('c', { owner: ['StatefulSet', 'ledger'] })]) }
  if (path.startsWith('/api/v1/pods?limit=500')) {
    const items = [pod('a', { restarts: [1, 2] }), pod('b', { phase: 'Pending', app: 'risk' })]
    return { body: list('Pod', items, { continue: 'page2', remainingItemCount: 1 }) }
  }
  if (path.startsWith('/api/v1/namespaces/shop/pods')) return { body: list('Pod', [pod('a')]) }
  if (path.startsWith('/apis/apps/v1/deployments')) return { body: list('Deployment', [deployment]) }
  if (path.startsWith('/api/v1/services')) return { body: list('Service', [service]) }
  if (path.startsWith('/api/v1/nodes')) return { body: list('Node', [node]) }
  return { body: list('Pod', null) }
}

async function count(options: Partial<AskOptions>) {
  const { url, requests } = await answering(cluster)
  const answer = await open(url).series(askOf(options))
  return { ...answer, counts: answer.values.map(({ labels, samples }) => [labels, samples[0]![1]]), url, requests }
}

describe('readCluster', () => {
  it('reads what there is, page by page, with owners and selectors', async () => {
    const { url, requests } = await answering(cluster)
    expect(await readCluster({ url: `${url}/`, secret: 'token' })).toEqual({
      deployments: [
        {
          name: 'payment',
          namespace: 'shop',
          labels: { app: 'payment' },
          annotations: { team: 'payments' },
          selector: { app: 'payment' },
          replicas: 3,
          ready: 2,
          available: 2,
          updated: 3,
        },
      ],
      pods: [
        expect.objectContaining({
          name: 'a',
          namespace: 'shop',
          phase: 'Running',
          node: 'node-1',
          ready: true,
          restarts: 3,
          owner: { kind: 'Deployment', name: 'payment' },
        }),
        expect.objectContaining({ name: 'b', phase: 'Pending', ready: false }),
        expect.objectContaining({ name: 'c', owner: { kind: 'StatefulSet', name: 'ledger' } }),
      ],
      services: [{ name: 'payment', namespace: 'shop', labels: {}, annotations: {}, selector: { app: 'payment' } }],
      nodes: [
        {
          name: 'node-1',
          namespace: '',
          labels: { 'topology.kubernetes.io/zone': 'A' },
          annotations: {},
          ready: true,
          schedulable: false,
        },
      ],
    })
    expect(requests.map(({ path }) => path)).toContain('/api/v1/pods?limit=500&continue=page2')
    expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer token']))
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']))
  })

  it('ends when a list does not', async () => {
    const { url, requests } = await answering((request) =>
      request.path.includes('/pods') ? { body: list('Pod', [], { continue: 'again' }) } : cluster(request),
    )
    await expect(readCluster({ url, secret: null })).rejects.toMatchObject({
      code: 'source-refused',
      message: 'The list of pods does not end.',
    })
    expect(requests.length).toBeLessThan(1_010)
  })

  it('says that a page has expired', async () => {
    // RECORDED
    const message = 'The provided continue parameter is too old to display a consistent list result.'
    const { url } = await answering((request) =>
      request.path.includes('continue=')
        ? { status: 410, body: { kind: 'Status', status: 'Failure', message, reason: 'Expired', code: 410 } }
        : cluster(request),
    )
    await expect(readCluster({ url, secret: null })).rejects.toThrow(`410: ${message.slice(0, -1)}`)
  })
})

describe('series', () => {
  it('counts pods by what they are', async () => {
    const byPhase = await count({ groupBy: ['phase'] })
    expect(byPhase.counts).toEqual([
      [{ phase: 'Running' }, 2],
      [{ phase: 'Pending' }, 1],
    ])
    expect(byPhase.expression).toBe(`GET ${byPhase.url}/api/v1/pods`)
    expect(byPhase.newest.map(({ labels }) => labels)).toEqual([{ phase: 'Running' }, { phase: 'Pending' }])
    const where = { app: ['payment'], ready: ['true'] }
    expect((await count({ where, groupBy: ['owner'] })).counts).toEqual([
      [{ owner: 'payment' }, 1],
      [{ owner: 'ledger' }, 1],
    ])
  })

  it('reads numbers, of one namespace, too', async () => {
    expect((await count({ measure: { kind: 'gauge', select: 'restarts' } })).counts).toEqual([[{}, 3]])
    const ready = { kind: 'ratio', operands: 'gauge', of: 'ready', per: 'replicas' }
    expect((await count({ from: 'deployments', measure: ready })).counts).toEqual([[{}, 2 / 3]])
    const inShop = await count({ from: 'namespaces/shop/pods' })
    expect(inShop.counts).toEqual([[{}, 1]])
    expect(inShop.expression).toBe(`GET ${inShop.url}/api/v1/namespaces/shop/pods`)
  })

  it('has no value of before', async () => {
    const past = await count({ grid: [Date.now() - 10 * minute] })
    expect(past).toMatchObject({
      values: [],
      newest: [],
      requests: [],
      incomplete: expect.stringContaining('only what is now'),
    })
  })

  it.each<[Partial<AskOptions>, string]>([
    [{ measure: { select: '*' } }, 'a counter needs what happened over time'],
    [{ measure: { kind: 'gauge', select: 'phase' } }, 'pods have no number "phase"'],
    [{ measure: { kind: 'histogram', select: 'restarts', quantile: 0.5 } }, 'a histogram needs what happened'],
    [{ from: 'secrets' }, 'names no objects that are read'],
    [{ from: 'namespaces/../../secrets/pods' }, 'names no objects that are read'],
    [{ from: 'namespaces/a?b/pods' }, 'names no objects that are read'],
    [{ from: 'namespaces/shop/nodes' }, 'nodes are in no namespace'],
  ])('refuses %j without asking', async (options, message) => {
    const { url, requests } = await answering(cluster)
    await expect(open(url).series(askOf(options))).rejects.toMatchObject({
      code: 'bad-query',
      message: expect.stringContaining(message),
      fix: expect.any(String),
    })
    expect(requests).toEqual([])
  })

  it.each(hostile)('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    const asked = await open(url)
      .series(askOf())
      .catch((thrown: unknown) => thrown)
    expect(asked).toMatchObject({ code: error.code, message: expect.stringMatching(error.message) })
    expect(String(asked)).not.toContain('hidden')
  })
})

describe('test', () => {
  it('says what answers', async () => {
    const { url } = await answering(cluster)
    expect(await open(url).test()).toEqual({
      ok: true,
      detail: 'It answers: Kubernetes v1.31.2; pods, deployments, services and nodes may be listed.',
    })
  })

  it('says what may not be read, though the version is told to anybody', async () => {
    // RECORDED
    const message =
      'nodes is forbidden: User "system:serviceaccount:tenon:reader" cannot list resource "nodes" in API group "" at the cluster scope'
    const { url } = await answering((request) =>
      request.path.includes('/nodes')
        ? { status: 403, body: { kind: 'Status', status: 'Failure', message, reason: 'Forbidden', code: 403 } }
        : cluster(request),
    )
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining(message),
      fix: expect.stringContaining('what it may read'),
    })
  })

  it('says that something else answers', async () => {
    const { url } = await answering(() => ({ body: { version: '1' } }))
    expect(await open(url).test()).toMatchObject({
      ok: false,
      message: expect.stringContaining('does not answer as a Kubernetes'),
    })
  })
})
