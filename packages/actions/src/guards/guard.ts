/**
 * A guard says whether an action may go on, and why, in words for people. Guards of a kind of action (capacity, share let through) are made with its
 * plan (plans/); these here hold for every action. Each is judged when it is planned and again right before the target is touched.
 */
import type { ActionPlan } from '@tenon/runbook'
import type { ActionDeps, WriteScope } from '../deps.ts'
import type { Intent, TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'

export type Guard = ActionPlan['guards'][number]

export interface GuardSubject {
  /** `plan`: it is shown to people. `call`: the target is touched next. */
  moment: 'plan' | 'call'
  scope: WriteScope
  request: ActionRequest
  /** The action's own idempotency key, so that it is not taken for "another action". */
  key: string
  runId: string | null
  /** Unix ms: when what it is decided on was true; null when nobody says. */
  asOf: number | null
  /** Whether people signed its plan; null when it is planned to be shown to them. */
  approved: boolean | null
  intent: Intent
  /** As the target was just now. */
  state: TargetState
}

/** Null when it does not apply. Must not throw: what cannot be read does not pass. */
export type GuardCheck = (subject: GuardSubject, deps: ActionDeps) => Promise<Guard | null>
