/**
 * An imitation of a Kubernetes API server, for what is not recorded with a real one (see kubernetes-server.ts): nodes and evictions, routes with their
 * endpoints, and deployments for who tests the way to the driver. It is shaped by the Kubernetes API reference ("API Concepts": resource versions and patches; "API-initiated Eviction") and by RFC
 * 6902, and proves that the driver does what those say, not that a cluster does.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import type { WriteFault } from './conformance.ts'

interface KubernetesObject {
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string; generation?: number }
  [field: string]: unknown
}

/** As it is put in: what the server adds is left out. */
type NewObject = { metadata: { name: string; namespace?: string } & Record<string, unknown> } & Record<string, unknown>

export interface KubernetesImitation {
  address: string
  writes(): number
  fail(fault: WriteFault): void
  /** Makes or replaces an object. */
  put(path: string, object: NewObject): void
  remove(path: string): void
  /** An object as it is; undefined when it is not there. */
  get(path: string): KubernetesObject | undefined
  /** Somebody else writes fields of an object: of its spec (a person), or of its status (a controller). */
  change(path: string, fields: { spec: unknown } | { status: unknown }): void
  /** Runs right before the next write is taken: what happens between a read and a write. */
  meanwhile(act: () => void): void
  /** How many more evictions the disruption budgets let through; Infinity at first. */
  evictions: number
  /** In how many seconds the server says to ask again for an eviction; null says nothing of it. */
  retryAfter: number | null
  close(): Promise<void>
}

interface Answer {
  status: number
  body: unknown
}

const eviction = z.object({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('Eviction'),
  deleteOptions: z.object({ preconditions: z.object({ uid: z.string() }) }),
})
const applied = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string() }),
  spec: z.record(z.string(), z.unknown()),
})
const jsonPatch = z.array(z.object({ op: z.enum(['test', 'add', 'replace']), path: z.string(), value: z.unknown() }))
const nodeOf = z.object({ spec: z.object({ nodeName: z.string() }) })
const labelsOf = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) })

/** Starts an empty one on 127.0.0.1. */
export async function startKubernetesImitation(): Promise<KubernetesImitation> {
  const objects = new Map<string, KubernetesObject>()
  const planned: WriteFault[] = []
  const between: (() => void)[] = []
  let counter = 0
  let writes = 0

  /** Each write is a new resourceVersion; only another spec is a new generation, of kinds that count them (nodes do not). */
  function store(path: string, now: KubernetesObject, before?: KubernetesObject): KubernetesObject {
    counter += 1
    const { generation, ...metadata } = now.metadata
    const isSame = JSON.stringify(now['spec']) === JSON.stringify(before?.['spec'])
    const stored = {
      ...now,
      metadata: {
        ...metadata,
        resourceVersion: `${counter}`,
        ...(generation === undefined ? {} : { generation: before && !isSame ? generation + 1 : generation }),
      },
    }
    objects.set(path, stored)
    return stored
  }

  function get(path: string, query: URLSearchParams): Answer {
    const list = (of: RegExp, fits: (object: KubernetesObject) => boolean): Answer => {
      const items = [...objects].filter(([at, object]) => of.test(at) && fits(object)).map(([, object]) => object)
      return { status: 200, body: { items } }
    }
    const found = objects.get(path)
    if (found) return { status: 200, body: found }
    if (path === 'api/v1/pods') {
      const node = query.get('fieldSelector')?.replace('spec.nodeName=', '')
      return list(/^api\/v1\/namespaces\/[^/]+\/pods\//, (pod) => nodeOf.safeParse(pod).data?.spec.nodeName === node)
    }
    if (path.endsWith('/endpointslices') || path.endsWith('/replicasets')) {
      const [label = '', value] = query.get('labelSelector')?.split('=') ?? []
      const fits = (slice: KubernetesObject) => labelsOf.safeParse(slice).data?.metadata.labels[label] === value
      return list(new RegExp(`^${path}/`), fits)
    }
    return refusal(404, `${path} not found`)
  }

  function patch(path: string, type: string, body: unknown): Answer {
    const found = objects.get(path)
    if (!found) return refusal(404, `${path} not found`)
    switch (type) {
      case 'application/apply-patch+yaml': {
        const { metadata, spec } = applied.parse(body)
        if (metadata.resourceVersion !== found.metadata.resourceVersion)
          return refusal(409, `Operation cannot be fulfilled on "${metadata.name}": the object has been modified`)
        return { status: 200, body: store(path, { ...found, spec: merged(found['spec'], spec) }, found) }
      }
      case 'application/json-patch+json': {
        const copy = structuredClone(found)
        for (const { op, path: pointer, value } of jsonPatch.parse(body)) {
          const { parent, key } = locate(copy, pointer)
          if (op !== 'test') parent[key] = value
          else if (parent[key] !== value) return refusal(422, `testing value ${pointer} failed: test failed`)
        }
        return { status: 200, body: store(path, copy, found) }
      }
      default:
        return refusal(415, `${type} is not supported`)
    }
  }

  function evict(path: string, body: unknown): Answer {
    const pod = objects.get(path)
    if (!pod) return refusal(404, `${path} not found`)
    const { uid } = eviction.parse(body).deleteOptions.preconditions
    if (uid !== pod.metadata.uid) return refusal(409, `the UID in the precondition (${uid}) does not match`)
    if (imitation.evictions <= 0)
      return refusal(429, "Cannot evict pod as it would violate the pod's disruption budget.")
    imitation.evictions -= 1
    objects.delete(path)
    return { status: 201, body: { kind: 'Status', status: 'Success' } }
  }

  function answer(method: string, url: URL, type: string, text: string): Answer {
    const path = url.pathname.slice(1)
    const body: unknown = text === '' ? null : JSON.parse(text)
    if (method === 'GET') return get(path, url.searchParams)
    if (method === 'PATCH') return patch(path, type, body)
    if (method === 'POST' && path.endsWith('/eviction')) return evict(path.slice(0, -'/eviction'.length), body)
    return refusal(405, `${method} ${path} is not imitated`)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const method = request.method ?? 'GET'
    const isWrite = method !== 'GET'
    if (isWrite) writes += 1
    if (isWrite) between.shift()?.()
    const fault = isWrite ? planned.shift() : undefined
    if (fault === 'slow') return
    if (fault === 'lie') return void response.end('{}')
    const url = new URL(request.url ?? '', 'http://cluster')
    const { status, body } = answer(method, url, request.headers['content-type'] ?? '', text)
    // Half of a change of several calls is its first call.
    if (fault === 'lost-answer' || fault === 'half-apply') return void request.socket.destroy()
    const { retryAfter } = imitation
    response
      .writeHead(status, status === 429 && retryAfter !== null ? { 'retry-after': `${retryAfter}` } : {})
      .end(JSON.stringify(body))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const imitation: KubernetesImitation = {
    address: `http://127.0.0.1:${port}`,
    writes: () => writes,
    fail: (fault) => void planned.push(fault),
    put(path, object) {
      const counts = path.startsWith('apis/') ? { generation: 1 } : {}
      const metadata = { ...object.metadata, ...counts, uid: `uid-${counter}`, resourceVersion: '' }
      store(path, { ...object, metadata })
    },
    remove: (path) => void objects.delete(path),
    get: (path) => objects.get(path),
    change(path, fields) {
      const found = objects.get(path)
      if (!found) throw new Error(`there is no ${path}`)
      store(path, { ...found, ...fields }, found)
    },
    meanwhile: (act) => void between.push(act),
    evictions: Infinity,
    retryAfter: null,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return imitation
}

function refusal(code: number, message: string): Answer {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code } }
}

/** As server-side apply does it: what is named is set, the rest stays. */
function merged(found: unknown, given: unknown): unknown {
  const [before, now] = [found, given].map((value) => z.record(z.string(), z.unknown()).safeParse(value).data)
  if (!before || !now) return given
  return {
    ...before,
    ...Object.fromEntries(Object.entries(now).map(([key, value]) => [key, merged(before[key], value)])),
  }
}

/** Where a JSON pointer (RFC 6901) leads. */
function locate(root: unknown, pointer: string): { parent: Record<string, unknown>; key: string } {
  const keys = pointer.split('/').slice(1)
  const key = keys.pop() ?? ''
  let parent = root as Record<string, unknown>
  for (const each of keys) parent = parent[each] as Record<string, unknown>
  return { parent, key }
}
