import type { Intent, PlannedAction, TargetState } from '../driver.ts'

/** What is special to a kind of action in its plan. */
export interface Draft {
  title: string
  intent: Intent
  /** The steps on the way when it goes in by waves; the last equals `intent`. */
  waves?: Intent[]
  /** null: it cannot be put back. */
  revert: Intent | null
  diff: PlannedAction['diff']
  facts: PlannedAction['facts']
  guards: PlannedAction['guards']
}

/** What a plan is made from: the target as it is now, and its traffic. */
export interface Traffic {
  state: TargetState
  /** Requests a second by server; null where the system does not say. */
  rates: Map<string, number | null>
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

export function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
