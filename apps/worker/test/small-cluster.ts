/**
 * A stand-in for a Kubernetes API server: one deployment with two revisions, one node with a pod of it. It answers as the conversation that was recorded
 * with a real one (packages/actions/test/kubernetes-server.ts), by which the driver is judged; here only the way to it is.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import * as z from 'zod'

export interface SmallCluster {
  address: string
  deployment: ClusterObject
  node: ClusterObject
  pods: ClusterObject[]
  /** Calls that changed something: method and path. */
  changes: string[]
  close(): Promise<void>
}

interface ClusterObject {
  metadata: { name: string; uid: string; resourceVersion: string; generation: number } & Record<string, unknown>
  spec: Record<string, unknown>
}

const label = { app: 'billing' }
const template = (image: string) => ({ metadata: { labels: label }, spec: { containers: [{ name: 'main', image }] } })
const jsonPatch = z.tuple([
  z.object({ op: z.literal('test'), path: z.literal('/metadata/resourceVersion'), value: z.string() }),
  z.object({ op: z.literal('replace'), path: z.literal('/spec/template'), value: z.record(z.string(), z.unknown()) }),
])
const applied = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.record(z.string(), z.unknown()),
})

export async function startSmallCluster(): Promise<SmallCluster> {
  let version = 100
  const object = (name: string, spec: Record<string, unknown>, more: Record<string, unknown> = {}): ClusterObject => ({
    metadata: { name, uid: `uid-${name}`, resourceVersion: String((version += 1)), generation: 1, ...more },
    spec,
  })
  const deployment = object(
    'billing',
    { replicas: 3, selector: { matchLabels: label }, template: template('shop/billing:2') },
    { namespace: 'shop', annotations: { 'deployment.kubernetes.io/revision': '2' } },
  )
  const owner = (kind: string, name: string) => [{ kind, name, uid: `uid-${name}`, controller: true }]
  const replicaSets = ['1', '2'].map((revision) =>
    object(
      `billing-${revision}`,
      { template: template(`shop/billing:${revision}`) },
      {
        annotations: { 'deployment.kubernetes.io/revision': revision },
        ownerReferences: owner('Deployment', 'billing'),
      },
    ),
  )
  const node = object('worker-1', {})
  const pods = [
    object(
      'billing-2-x',
      { nodeName: 'worker-1' },
      { namespace: 'shop', ownerReferences: owner('ReplicaSet', 'billing-2') },
    ),
  ]
  const changes: string[] = []
  const named = new Map([
    ['/apis/apps/v1/namespaces/shop/deployments/billing', deployment],
    ['/api/v1/nodes/worker-1', node],
  ])

  function answer(method: string, path: string, body: string, contentType: string): [status: number, body: unknown] {
    const found = named.get(path)
    if (method === 'GET') {
      if (found) return [200, found]
      if (path === '/apis/apps/v1/namespaces/shop/replicasets') return [200, { items: replicaSets }]
      return path === '/api/v1/pods' ? [200, { items: pods }] : [404, { message: `${path} not found` }]
    }
    const evicted = pods.findIndex(({ metadata }) => path === `/api/v1/namespaces/shop/pods/${metadata.name}/eviction`)
    if (method === 'POST' && evicted >= 0) {
      pods.splice(evicted, 1)
      changes.push(`${method} ${path}`)
      return [201, { status: 'Success' }]
    }
    if (method !== 'PATCH' || !found) return [404, { message: `${path} not found` }]
    const isJsonPatch = contentType === 'application/json-patch+json'
    const [expected, change] = isJsonPatch ? ofJsonPatch(body) : ofApply(body)
    if (expected !== found.metadata.resourceVersion)
      return isJsonPatch ? [422, { message: 'the test of a path failed' }] : [409, { message: 'another version' }]
    change(found)
    found.metadata.resourceVersion = String((version += 1))
    found.metadata.generation += 1
    changes.push(`${method} ${path}`)
    return [200, found]
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { pathname } = new URL(request.url ?? '/', 'http://cluster')
    const [status, said] = answer(request.method ?? 'GET', pathname, body, request.headers['content-type'] ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('The server does not listen.')
  return {
    address: `http://127.0.0.1:${at.port}`,
    deployment,
    node,
    pods,
    changes,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Change = [expected: string, change: (object: ClusterObject) => void]

function ofJsonPatch(body: string): Change {
  const [test, replace] = jsonPatch.parse(JSON.parse(body))
  return [test.value, ({ spec }) => void (spec['template'] = replace.value)]
}

/** Server-side apply: what is named is set, the rest stays. */
function ofApply(body: string): Change {
  const { metadata, spec } = applied.parse(JSON.parse(body))
  return [metadata.resourceVersion, (object) => void (object.spec = merged(object.spec, spec))]
}

function merged(into: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const parts = Object.entries(given).map(([name, value]) => {
    const present = into[name]
    return [name, isObject(present) && isObject(value) ? merged(present, value) : value] as const
  })
  return { ...into, ...Object.fromEntries(parts) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
