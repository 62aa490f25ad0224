/** How people and systems talk to a run: the names are what `client.ts` and Temporal's own tools use. */
import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { Question } from './question.ts'
import type { RunState } from './run.ts'
import type { Event } from './waits.ts'

export interface Decision {
  /** The step's key, as in `openQuestions`. */
  step: string
  decision: 'approved' | 'rejected'
  by: string
  comment?: string
  /** Hashes of the plans that the person saw: the decision counts for these and no others. */
  hashes: string[]
  form?: Record<string, unknown>
}

/** A yes or a no. Refused with a reason when it does not count. */
export const decideApproval = defineUpdate<void, [Decision]>('decideApproval')
export const cancelRun = defineUpdate<void, [{ by: string; reason: string }]>('cancelRun')
/** An event, for every step that waits for it or for the one that is named. Refused when none waits. */
export const deliverEvent = defineUpdate<void, [{ step?: string; event: Event }]>('deliverEvent')
export const runState = defineQuery<RunState>('runState')
/** What people are asked now. */
export const openQuestions = defineQuery<Question[]>('openQuestions')
