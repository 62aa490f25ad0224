import { ActionError, actionStatus, verificationRow, type ActionEventRecord, type LedgerAction } from '@tenon/actions'
import * as z from 'zod'
import { actionView } from '../../action-view.ts'
import type { Services } from '../../services.ts'
import { actionPlanSchema } from '../approvals/action-plan-schema.ts'
import { time } from '../runs/run-schema.ts'

/** An entry of the ledger: a change that a run made, or was about to make. */
export const actionSchema = z
  .object({
    id: z.string(),
    key: z.string(),
    runId: z.string().nullable(),
    stepId: z.string().nullable(),
    runbook: z.string().nullable().describe('null when a person asked for it.'),
    target: z.string(),
    driver: z.string(),
    title: z.string(),
    kind: z.string(),
    planHash: z.string(),
    approvedHash: z.string().nullable(),
    approvedBy: z.string().nullable(),
    requestedBy: z.string(),
    fence: z.number().describe('Rises with each action on its target.'),
    plan: actionPlanSchema,
    verification: z.array(verificationRow).nullable(),
    status: actionStatus,
    leaseUntil: time.nullable().describe('When it reverts by itself.'),
    revertible: z.boolean().describe('Whether it can be put back.'),
    ramp: z
      .object({ percents: z.array(z.number()), watchSeconds: z.number() })
      .nullable()
      .describe(
        'The shares by which it goes in, in percent, and how long each is watched; null when it is done at once.',
      ),
    harm: z
      .array(
        z.object({
          measure: z.string(),
          where: z.record(z.string(), z.string()),
          minimum: z.number().nullable(),
          maximum: z.number().nullable(),
        }),
      )
      .describe('Bounds on measures: outside of one, it is put back at once.'),
    createdAt: time,
    appliedAt: time.nullable(),
    endedAt: time.nullable(),
    events: z.array(
      z.object({ at: time, kind: z.string(), actor: z.string(), detail: z.record(z.string(), z.unknown()) }),
    ),
  })
  .meta({ id: 'Action' })

export const actionId = z.uuid().describe('The action’s id.')

/** @throws ActionError `unknown-action`. */
export async function actionOf({ db }: Pick<Services, 'db'>, id: string): Promise<z.input<typeof actionSchema>> {
  const action = await db.actions.get(id)
  if (action) return restAction(action, await db.actions.events(id))
  throw new ActionError('unknown-action', `There is no action ${id}.`, { fix: 'List the actions to see their ids.' })
}

export function restAction(action: LedgerAction, events: ActionEventRecord[]): z.input<typeof actionSchema> {
  const view = actionView(action, events)
  // A plan as it was shown; what its driver keeps for itself stays here.
  return { ...view, plan: actionPlanSchema.parse(view.plan) }
}
