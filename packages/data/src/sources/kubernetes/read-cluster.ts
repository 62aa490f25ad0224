/** What runs in a Kubernetes cluster: deployments, their pods, the services before them and the nodes below. */
import * as z from 'zod'
import type { HttpAddress } from '../http/request-json.ts'
import { listObjects, type ObjectKind } from './list-objects.ts'

type Labels = Record<string, string>

export interface ClusterObject {
  name: string
  /** Empty for nodes. */
  namespace: string
  labels: Labels
  annotations: Labels
}

export interface Pod extends ClusterObject {
  phase: string
  /** Where it runs; null while it waits for a place. */
  node: string | null
  ready: boolean
  restarts: number
  /** What made it: a deployment rather than the replica set between them. */
  owner: { kind: string; name: string } | null
}

interface Deployment extends ClusterObject {
  /** Of its pods, when it selects by labels alone; null when it says more. */
  selector: Labels | null
  /** How many it shall have. */
  replicas: number
  ready: number
  available: number
  updated: number
}

interface Service extends ClusterObject {
  /** Of its pods; null for one that selects none. */
  selector: Labels | null
}

interface Node extends ClusterObject {
  ready: boolean
  schedulable: boolean
}

export interface Cluster {
  deployments: Deployment[]
  pods: Pod[]
  services: Service[]
  nodes: Node[]
}

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function readCluster(address: HttpAddress): Promise<Cluster> {
  // One after another: a list of all pods is heavy for the server as it is.
  const deployments = await readObjects(address, { kind: 'deployments', namespace: null })
  const pods = await readObjects(address, { kind: 'pods', namespace: null })
  const services = await readObjects(address, { kind: 'services', namespace: null })
  const nodes = await readObjects(address, { kind: 'nodes', namespace: null })
  return { deployments, pods, services, nodes }
}

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export function readObjects<K extends ObjectKind>(
  address: HttpAddress,
  list: { kind: K; namespace: string | null; signal?: AbortSignal },
): Promise<Cluster[K]>
export function readObjects(
  address: HttpAddress,
  list: { kind: ObjectKind; namespace: string | null; signal?: AbortSignal },
): Promise<ClusterObject[]> {
  switch (list.kind) {
    case 'pods':
      return listObjects(address, { ...list, item: pod })
    case 'deployments':
      return listObjects(address, { ...list, item: deployment })
    case 'services':
      return listObjects(address, { ...list, item: service })
    case 'nodes':
      return listObjects(address, { ...list, item: node })
  }
}

const labels = z.record(z.string(), z.string())
const owners = z.array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  labels: labels.default({}),
  annotations: labels.default({}),
  ownerReferences: owners.default([]),
})
const conditions = z.array(z.object({ type: z.string(), status: z.string() })).default([])
const count = z.number().int().default(0)

/** The whole object once more, as it was applied: the largest part of most, and nobody asks for it. */
const applied = 'kubectl.kubernetes.io/last-applied-configuration'

function about({ name, namespace, labels: own, annotations }: z.infer<typeof metadata>): ClusterObject {
  const { [applied]: _, ...others } = annotations
  return { name, namespace, labels: own, annotations: others }
}

const isReady = (found: z.infer<typeof conditions>): boolean =>
  found.some(({ type, status }) => type === 'Ready' && status === 'True')

const pod = z
  .object({
    metadata,
    spec: z.object({ nodeName: z.string().optional() }),
    status: z.object({
      phase: z.string().default('Unknown'),
      conditions,
      containerStatuses: z.array(z.object({ restartCount: z.number().int() })).default([]),
    }),
  })
  .transform(({ metadata: own, spec, status }): Pod => ({
    ...about(own),
    phase: status.phase,
    node: spec.nodeName ?? null,
    ready: isReady(status.conditions),
    restarts: status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    owner: ownerOf(own),
  }))

const deployment = z
  .object({
    metadata,
    spec: z.object({
      // Absent means one.
      replicas: z.number().int().default(1),
      selector: z.object({ matchLabels: labels.optional(), matchExpressions: z.array(z.unknown()).optional() }),
    }),
    status: z.object({ readyReplicas: count, availableReplicas: count, updatedReplicas: count }),
  })
  .transform(({ metadata: own, spec: { replicas, selector }, status }): Deployment => ({
    ...about(own),
    selector: (selector.matchExpressions ?? []).length > 0 ? null : (selector.matchLabels ?? {}),
    replicas,
    ready: status.readyReplicas,
    available: status.availableReplicas,
    updated: status.updatedReplicas,
  }))

const service = z
  .object({ metadata, spec: z.object({ selector: labels.nullish() }) })
  .transform(({ metadata: own, spec }): Service => ({ ...about(own), selector: spec.selector ?? null }))

const node = z
  .object({
    metadata,
    spec: z.object({ unschedulable: z.boolean().default(false) }).default({ unschedulable: false }),
    status: z.object({ conditions }),
  })
  .transform(({ metadata: own, spec, status }): Node => ({
    ...about(own),
    ready: isReady(status.conditions),
    schedulable: !spec.unschedulable,
  }))

/** A replica set that a deployment made is named after it and after the hash that all of its pods carry. */
function ownerOf({ ownerReferences, labels: own }: z.infer<typeof metadata>): Pod['owner'] {
  const found = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
  if (!found) return null
  const end = `-${own['pod-template-hash']}`
  if (found.kind === 'ReplicaSet' && found.name.endsWith(end))
    return { kind: 'Deployment', name: found.name.slice(0, -end.length) }
  return { kind: found.kind, name: found.name }
}
