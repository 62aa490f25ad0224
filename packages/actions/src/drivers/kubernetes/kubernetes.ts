/**
 * A Kubernetes cluster, by its API: replicas, restarts and revisions of deployments, nodes, and weights of routes. Each change is compared
 * with the resourceVersion that was read, by the API server itself. Sources: the Kubernetes API reference, and its pages on server-side apply
 * and on API-initiated eviction.
 */
import type { Driver } from '../../driver.ts'
import { cannotSet, type ZoneOf } from '../names.ts'
import { createKubernetesClient, type KubernetesOptions } from './client.ts'
import { applyDeployment, observeDeployment } from './deployment.ts'
import { applyNode, observeNode } from './node.ts'
import { applyRoute, observeRoute } from './routes.ts'
import { targetOf } from './target-name.ts'

/** A driver for one cluster. */
export function createKubernetesDriver(options: KubernetesOptions & { zoneOf: ZoneOf }): Driver {
  const { zoneOf, timeoutMs = 5000 } = options
  const client = createKubernetesClient(options)
  return {
    name: 'kubernetes',
    inFlightSeconds: timeoutMs / 1000,
    // The cluster's store keeps what was set.
    forgets: false,

    async observe(target, signal) {
      const at = targetOf(target)
      switch (at.kind) {
        case 'deployment':
          return observeDeployment(client, target, at, signal)
        case 'node':
          return observeNode(client, target, at, signal)
        case 'httproute':
        case 'virtualservice':
          return observeRoute(client, target, { at, zoneOf }, signal)
      }
    },

    async apply(intent, call) {
      const at = targetOf(intent.target)
      switch (at.kind) {
        case 'deployment':
          if (intent.kind !== 'set-values') throw cannotSet('A deployment', intent)
          return applyDeployment(client, at, intent.values, call)
        case 'node':
          if (intent.kind !== 'set-values') throw cannotSet('A node', intent)
          return applyNode(client, at, intent.values, call)
        case 'httproute':
        case 'virtualservice':
          if (intent.kind !== 'set-weights') throw cannotSet('A route', intent)
          return applyRoute(client, at, intent.weights, call)
      }
    },
  }
}
