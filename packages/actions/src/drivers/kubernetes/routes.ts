/** Weights of routes: an HTTPRoute of the Gateway API, or a VirtualService of Istio. A change is one JSON Patch, whole or not at all. */
import * as z from 'zod'
import { ActionError } from '../../action-error.ts'
import type { ApplyCall, TargetState } from '../../driver.ts'
import type { ZoneOf } from '../names.ts'
import { changeObject, managerOf } from './change-object.ts'
import type { KubernetesClient } from './client.ts'

interface At {
  kind: 'httproute' | 'virtualservice'
  namespace: string
  name: string
  path: string
}

interface Destination {
  /** Of the backend; with `<rule>.` before it when there are several rules. */
  name: string
  service: string
  weight: number
  /** JSON pointer to where its weight is or would be. */
  pointer: string
}

const metadata = z.object({ uid: z.string(), resourceVersion: z.string(), generation: z.number().int() })
const httpRoute = z.object({
  metadata,
  spec: z.object({
    rules: z
      .array(
        z.object({
          // Absent means 1.
          backendRefs: z.array(z.object({ name: z.string(), weight: z.number().int().default(1) })).default([]),
        }),
      )
      .default([]),
  }),
})
const virtualService = z.object({
  metadata,
  spec: z.object({
    http: z
      .array(
        z.object({
          route: z
            .array(
              z.object({
                destination: z.object({ host: z.string(), subset: z.string().optional() }),
                weight: z.number().int().optional(),
              }),
            )
            .default([]),
        }),
      )
      .default([]),
  }),
})
const endpointSlices = z.object({
  items: z
    .array(
      z.object({
        endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).prefault({}) })).nullish(),
      }),
    )
    .nullable(),
})

async function read(client: KubernetesClient, at: At, signal?: AbortSignal) {
  if (at.kind === 'httproute') {
    const { metadata: own, spec } = await client.get(at.path, httpRoute, signal)
    return found(
      own,
      spec.rules.map(({ backendRefs }, rule) =>
        backendRefs.map(({ name, weight }, index) => ({
          name,
          service: name,
          weight,
          pointer: `/spec/rules/${rule}/backendRefs/${index}/weight`,
        })),
      ),
    )
  }
  const { metadata: own, spec } = await client.get(at.path, virtualService, signal)
  return found(
    own,
    spec.http.map(({ route }, rule) =>
      route.map(({ destination: { host, subset }, weight }, index) => ({
        name: subset === undefined ? host : `${host}:${subset}`,
        service: host.split('.')[0] ?? host,
        // A lone destination takes everything; among several one without a weight takes nothing.
        weight: weight ?? (route.length === 1 ? 100 : 0),
        pointer: `/spec/http/${rule}/route/${index}/weight`,
      })),
    ),
  )
}

function found({ uid, generation, resourceVersion }: z.infer<typeof metadata>, rules: Destination[][]) {
  const destinations = rules.flatMap((rule, index) =>
    rules.length === 1 ? rule : rule.map((one) => ({ ...one, name: `${index}.${one.name}` })),
  )
  return { resourceVersion, version: `${uid}.${generation}`, destinations }
}

export async function observeRoute(
  client: KubernetesClient,
  target: string,
  of: { at: At; zoneOf: ZoneOf },
  signal?: AbortSignal,
): Promise<TargetState> {
  const { version, destinations } = await read(client, of.at, signal)
  const services = [...new Set(destinations.map(({ service }) => service))]
  const ready = new Map(
    await Promise.all(
      services.map(async (service) => [service, await hasReady(client, of.at.namespace, service, signal)] as const),
    ),
  )
  return {
    target,
    version,
    instance: null,
    servers: destinations.map(({ name, service, weight }) => ({
      name,
      zone: of.zoneOf(service) ?? '',
      weight,
      up: ready.get(service) ?? false,
      // A route counts no requests.
      requestsPerSecond: null,
      requestsTotal: null,
    })),
    values: {},
    notes: {},
  }
}

/** Whether a service of the route's namespace has a ready endpoint. */
async function hasReady(client: KubernetesClient, namespace: string, service: string, signal?: AbortSignal) {
  const query = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${service}` })
  const path = `apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query.toString()}`
  const { items } = await client.get(path, endpointSlices, signal)
  // Absent means ready, by the API's own words.
  return (items ?? []).some(({ endpoints }) => (endpoints ?? []).some(({ conditions }) => conditions.ready !== false))
}

/** @throws ActionError `bad-request` for a weight that is none, `unknown-target` for a backend that the route does not have. */
export async function applyRoute(
  client: KubernetesClient,
  at: At,
  weights: Record<string, number>,
  call: ApplyCall,
): Promise<void> {
  for (const [name, weight] of Object.entries(weights))
    if (!Number.isInteger(weight) || weight < 0 || weight > 1_000_000 || !/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/.test(name))
      throw new ActionError('bad-request', `${JSON.stringify(name)} cannot have the weight ${weight}.`, {
        fix: 'Use the backend’s name as the plan shows it, and a whole number from 0 to 1,000,000.',
      })
  await changeObject(client, call, {
    name: `${at.kind} ${at.namespace}/${at.name}`,
    read: () => read(client, at, call.signal),
    write({ destinations, resourceVersion }) {
      const missing = Object.keys(weights).find((name) => !destinations.some((one) => one.name === name))
      if (missing !== undefined)
        throw new ActionError('unknown-target', `${at.namespace}/${at.name} has no backend ${missing}.`, {
          fix: 'Compare the name with `kubectl get -o yaml`.',
        })
      const changed = destinations.flatMap((one) => {
        const wanted = weights[one.name]
        return wanted === undefined || wanted === one.weight ? [] : [{ ...one, wanted }]
      })
      if (changed.length === 0) return null
      return {
        method: 'PATCH',
        path: `${at.path}?${new URLSearchParams({ fieldManager: managerOf('weights') }).toString()}`,
        contentType: 'application/json-patch+json',
        body: [
          { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
          // `add` also replaces: a weight may not be written out.
          ...changed.map(({ pointer, wanted }) => ({ op: 'add', path: pointer, value: wanted })),
        ],
      }
    },
  })
}
