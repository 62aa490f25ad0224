/** Taking a node out of scheduling, and its pods off it. Putting it back lets new pods in; those that left stay where they are. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import { minutes, type Draft } from './draft.ts'
import { planValues } from './values.ts'

type DrainRequest = Extract<ActionRequest, { kind: 'drain-node' }>

export function planDrain({ node, evict, leaseSeconds }: DrainRequest, state: TargetState): Draft {
  const title = `${evict ? 'Drain' : 'Cordon'} node ${node} for ${minutes(leaseSeconds)}`
  const draft = planValues(state, { unschedulable: true, ...(evict ? { drained: true } : {}) }, { title })
  const before = state.values['unschedulable'] ?? null
  const unmanaged = state.values['unmanagedPods'] ?? null
  return {
    ...draft,
    revert: { kind: 'set-values', target: state.target, values: { unschedulable: before } },
    guards: [
      ...draft.guards,
      ...(evict
        ? [
            {
              name: 'No pod is lost',
              pass: unmanaged === 0,
              detail:
                unmanaged === null
                  ? 'Which pods have a controller is unknown'
                  : `${unmanaged} pods without a controller would be lost`,
            },
          ]
        : []),
    ],
  }
}
