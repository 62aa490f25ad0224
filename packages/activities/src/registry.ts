/** Every node type of this product. A new node is a file in `nodes/` and a line here. */
import type { NodeDefinition } from './node.ts'
import { notify } from './nodes/act/notify.ts'
import { rateLimit } from './nodes/act/rate-limit.ts'
import { trafficSwitch } from './nodes/act/traffic-switch.ts'
import { anomaly } from './nodes/judge/anomaly.ts'
import { businessDependency } from './nodes/judge/business-dependency.ts'
import { chainLoss } from './nodes/judge/chain-loss.ts'
import { changes } from './nodes/judge/changes.ts'
import { conclude } from './nodes/judge/conclude.ts'
import { approve } from './nodes/steer/approve.ts'
import { branch } from './nodes/steer/branch.ts'

export const nodes: readonly NodeDefinition[] = [
  businessDependency,
  chainLoss,
  anomaly,
  changes,
  conclude,
  branch,
  approve,
  trafficSwitch,
  rateLimit,
  notify,
]

/** @returns undefined when there is no such node type. */
export function findNode(type: string, version: number): NodeDefinition | undefined {
  return nodes.find((node) => node.type === type && node.version === version)
}
