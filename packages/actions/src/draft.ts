import type { Intent, PlannedAction } from './driver.ts'

/** What is special to a kind of action in its plan. */
export interface Draft {
  title: string
  intent: Intent
  revert: Intent
  diff: PlannedAction['diff']
  facts: PlannedAction['facts']
  guards: PlannedAction['guards']
}
