/** Every node type of this product. A new node is a file in `nodes/` and a line here. */
import type { NodeDefinition } from './node.ts'
import { alertVerdicts } from './nodes/act/alert-verdicts.ts'
import { feature } from './nodes/act/feature.ts'
import { incident } from './nodes/act/incident.ts'
import { notify } from './nodes/act/notify.ts'
import { rateLimit } from './nodes/act/rate-limit.ts'
import { sendEvent } from './nodes/act/send-event.ts'
import { silenceAlerts } from './nodes/act/silence-alerts.ts'
import { statement } from './nodes/act/statement.ts'
import { trafficSwitch } from './nodes/act/traffic-switch.ts'
import { drainNode } from './nodes/act/drain-node.ts'
import { restart } from './nodes/act/restart.ts'
import { rollBack } from './nodes/act/roll-back.ts'
import { scale } from './nodes/act/scale.ts'
import { compute } from './nodes/ask/compute.ts'
import { entities } from './nodes/ask/entities.ts'
import { measure } from './nodes/ask/measure.ts'
import { relations } from './nodes/ask/relations.ts'
import { anomalies } from './nodes/judge/anomalies.ts'
import { alerts } from './nodes/judge/alerts.ts'
import { anomaly } from './nodes/judge/anomaly.ts'
import { businessDependency } from './nodes/judge/business-dependency.ts'
import { chainLoss } from './nodes/judge/chain-loss.ts'
import { capacity } from './nodes/judge/capacity.ts'
import { changes } from './nodes/judge/changes.ts'
import { compare } from './nodes/judge/compare.ts'
import { conclude } from './nodes/judge/conclude.ts'
import { dependencyHealth } from './nodes/judge/dependency-health.ts'
import { localiseDimensions } from './nodes/judge/localise-dimensions.ts'
import { oddValues } from './nodes/judge/odd-values.ts'
import { peers } from './nodes/judge/peers.ts'
import { traffic } from './nodes/judge/traffic.ts'
import { rootCause } from './nodes/judge/root-cause.ts'
import { approve } from './nodes/steer/approve.ts'
import { branch } from './nodes/steer/branch.ts'
import { forEach } from './nodes/steer/for-each.ts'
import { repeat } from './nodes/steer/repeat.ts'
import { runRunbook } from './nodes/steer/run-runbook.ts'
import { setValues } from './nodes/steer/set-values.ts'
import { stop } from './nodes/steer/stop.ts'
import { switchCase } from './nodes/steer/switch.ts'
import { waitEvent } from './nodes/steer/wait-event.ts'
import { wait } from './nodes/steer/wait.ts'

export const nodes: readonly NodeDefinition[] = [
  businessDependency,
  chainLoss,
  anomaly,
  anomalies,
  oddValues,
  peers,
  localiseDimensions,
  rootCause,
  dependencyHealth,
  capacity,
  traffic,
  changes,
  compare,
  alerts,
  conclude,
  measure,
  entities,
  relations,
  compute,
  branch,
  switchCase,
  setValues,
  forEach,
  repeat,
  wait,
  waitEvent,
  runRunbook,
  stop,
  approve,
  trafficSwitch,
  rateLimit,
  scale,
  restart,
  rollBack,
  drainNode,
  feature,
  incident,
  statement,
  notify,
  alertVerdicts,
  silenceAlerts,
  sendEvent,
]

/** @returns undefined when there is no such node type. */
export function findNode(type: string, version: number): NodeDefinition | undefined {
  return nodes.find((node) => node.type === type && node.version === version)
}
