/** Names of targets in a cluster: `shop/deployments/payment`, `shop/httproutes/checkout`, `shop/virtualservices/checkout`, `nodes/worker-1`. */
import { ActionError } from '../../action-error.ts'

export type ClusterTarget =
  | { kind: 'deployment'; namespace: string; name: string; path: string }
  | { kind: 'httproute' | 'virtualservice'; namespace: string; name: string; path: string }
  | { kind: 'node'; name: string; path: string }

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** Namespaces are labels, the others DNS names (RFC 1123), so nothing else gets into a path. */
const namePattern = new RegExp(`^${label}(?:\\.${label}){0,8}$`)
const namespacePattern = new RegExp(`^${label}$`)

const groups = {
  deployments: { kind: 'deployment', group: 'apis/apps/v1' },
  httproutes: { kind: 'httproute', group: 'apis/gateway.networking.k8s.io/v1' },
  virtualservices: { kind: 'virtualservice', group: 'apis/networking.istio.io/v1' },
} as const

/** @throws ActionError `bad-request`. */
export function targetOf(text: string): ClusterTarget {
  const parts = text.split('/')
  const [first = '', second = '', third = ''] = parts
  if (parts.length === 2 && first === 'nodes' && isName(second))
    return { kind: 'node', name: second, path: `api/v1/nodes/${second}` }
  const group = Object.entries(groups).find(([plural]) => plural === second)
  if (parts.length === 3 && group && namespacePattern.test(first) && isName(third)) {
    const [plural, of] = group
    const at = { namespace: first, name: third, path: `${of.group}/namespaces/${first}/${plural}/${third}` }
    return of.kind === 'deployment' ? { kind: of.kind, ...at } : { kind: of.kind, ...at }
  }
  throw new ActionError(
    'bad-request',
    `${JSON.stringify(text.slice(0, 200))} names nothing that is changed in a cluster.`,
    {
      fix: 'Write <namespace>/deployments/<name>, <namespace>/httproutes/<name>, <namespace>/virtualservices/<name> or nodes/<name>.',
    },
  )
}

function isName(text: string): boolean {
  return text.length <= 253 && namePattern.test(text)
}
