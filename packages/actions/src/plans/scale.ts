/** How many replicas a deployment has. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import { minutes, type Draft } from './draft.ts'
import { planValues } from './values.ts'

type ScaleRequest = Extract<ActionRequest, { kind: 'scale' }>

export function planScale({ replicas, leaseSeconds }: ScaleRequest, state: TargetState, title: string): Draft {
  return planValues(state, { replicas }, { title: `Scale ${title} to ${replicas} for ${minutes(leaseSeconds)}` })
}
