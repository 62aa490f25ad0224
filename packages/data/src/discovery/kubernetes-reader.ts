/**
 * A cluster as things: a deployment is a service, with the pods that it owns, on the hosts (nodes) where they run, in its namespace. Zones
 * and regions are those of the nodes' well-known labels. What owns or selects says so; nothing is guessed from names.
 */
import { readCluster, type Cluster, type Pod } from '../sources/kubernetes/read-cluster.ts'
import type { HttpAddress } from '../sources/http/request-json.ts'
import type { Link, NamedThing, ThingsReader } from './readers.ts'

export function kubernetesReader({ address, source }: { address: HttpAddress; source: string }): ThingsReader {
  return {
    shape: 'things',
    source,
    async things() {
      return { ...thingsOfCluster(await readCluster(address)), whole: true, notes: [] }
    },
  }
}

const zoneLabel = 'topology.kubernetes.io/zone'
const regionLabel = 'topology.kubernetes.io/region'
const owners = ['owner', 'team', 'app.kubernetes.io/owner']

export function thingsOfCluster(cluster: Cluster): { things: NamedThing[]; links: Link[] } {
  const things: NamedThing[] = []
  const links: Link[] = []
  const names = serviceNames(cluster)
  for (const namespace of new Set(cluster.deployments.map((one) => one.namespace)))
    things.push({ kind: 'namespace', name: namespace, attributes: {} })
  for (const zone of valuesOf(cluster, zoneLabel)) things.push({ kind: 'zone', name: zone, attributes: {} })
  for (const region of valuesOf(cluster, regionLabel)) things.push({ kind: 'region', name: region, attributes: {} })
  for (const node of cluster.nodes) {
    const [zone, region] = [node.labels[zoneLabel], node.labels[regionLabel]]
    things.push({
      kind: 'host',
      name: node.name,
      attributes: { ...(zone ? { zone } : {}), ...(region ? { region } : {}) },
    })
    if (zone) links.push(link(['host', node.name], ['zone', zone], { kind: 'runs-on', by: `node label ${zoneLabel}` }))
    if (zone && region)
      links.push(link(['zone', zone], ['region', region], { kind: 'part-of', by: `node label ${regionLabel}` }))
  }
  for (const deployment of cluster.deployments) {
    const name = names.get(keyOf(deployment)) ?? deployment.name
    const owner = owners.map((label) => deployment.labels[label] ?? deployment.annotations[label]).find((one) => one)
    things.push({
      kind: 'service',
      name,
      attributes: { namespace: deployment.namespace, replicas: String(deployment.replicas) },
      ...(owner ? { owner } : {}),
    })
    links.push(link(['service', name], ['namespace', deployment.namespace], { kind: 'part-of', by: 'namespace' }))
  }
  const zones = new Map(cluster.nodes.map((node) => [node.name, node.labels[zoneLabel]]))
  for (const pod of cluster.pods) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue
    const service = ownerOf(pod, cluster, names)
    const zone = pod.node === null ? undefined : zones.get(pod.node)
    things.push({
      kind: 'pod',
      name: pod.name,
      attributes: {
        namespace: pod.namespace,
        ...(service ? { service: service.name } : {}),
        ...(pod.node === null ? {} : { host: pod.node }),
        ...(zone ? { zone } : {}),
      },
    })
    if (service) links.push(link(['service', service.name], ['pod', pod.name], { kind: 'runs-on', by: service.by }))
    if (pod.node !== null)
      links.push(link(['pod', pod.name], ['host', pod.node], { kind: 'runs-on', by: 'node of the pod' }))
  }
  return { things, links }
}

const keyOf = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`

/** A deployment's own name, with its namespace before it where two have the same. */
function serviceNames({ deployments }: Cluster): Map<string, string> {
  const times = Map.groupBy(deployments, ({ name }) => name)
  return new Map(
    deployments.map((one) => [
      keyOf(one),
      (times.get(one.name)?.length ?? 0) > 1 ? `${one.namespace}-${one.name}` : one.name,
    ]),
  )
}

/** Its controller; or, without one that is known, the deployment whose selector fits. */
function ownerOf(pod: Pod, cluster: Cluster, names: Map<string, string>): { name: string; by: string } | null {
  if (pod.owner?.kind === 'Deployment') {
    const name = names.get(keyOf({ namespace: pod.namespace, name: pod.owner.name }))
    if (name) return { name, by: 'owner reference' }
  }
  const found = cluster.deployments.find(
    ({ namespace, selector }) =>
      namespace === pod.namespace &&
      selector !== null &&
      Object.keys(selector).length > 0 &&
      Object.entries(selector).every(([label, value]) => pod.labels[label] === value),
  )
  const name = found && names.get(keyOf(found))
  return name ? { name, by: 'selector' } : null
}

const valuesOf = ({ nodes }: Cluster, label: string): Set<string> =>
  new Set(nodes.flatMap(({ labels }) => labels[label] ?? []))

function link(
  [fromKind, fromName]: [string, string],
  [toKind, toName]: [string, string],
  { kind, by }: Pick<Link, 'kind' | 'by'>,
): Link {
  return { from: { kind: fromKind, name: fromName }, to: { kind: toKind, name: toName }, kind, by }
}
