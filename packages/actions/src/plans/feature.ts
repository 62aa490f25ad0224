/** Setting a feature of a gateway: to do without recommendations is better than to do without payments. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import { minutes, type Draft } from './draft.ts'
import { planValues } from './values.ts'

type FeatureRequest = Extract<ActionRequest, { kind: 'feature' }>

export function planFeature({ feature, value, leaseSeconds }: FeatureRequest, state: TargetState): Draft {
  const title = `Set ${feature} to ${value} for ${minutes(leaseSeconds)}`
  return planValues(state, { [feature]: value }, { title })
}
