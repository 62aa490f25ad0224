/** Restarting a deployment, pod by pod, as its strategy says. It cannot be put back, so it has no lease. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import type { Draft } from './draft.ts'
import { planValues } from './values.ts'

type RestartRequest = Extract<ActionRequest, { kind: 'restart' }>

export function planRestart({ at }: RestartRequest, state: TargetState, title: string): Draft {
  return { ...planValues(state, { restartedAt: at }, { title: `Restart ${title}` }), revert: null }
}
