import { ActionError, keepAction } from '@tenon/actions'
import * as z from 'zod'
import { actionView, type ActionView } from '../action-view.ts'
import { actorKey, labelOf } from '../actor.ts'
import { mostExported } from '../export-ledger.ts'
import { inEffect, ledgerFields, ledgerFilter } from '../ledger-filter.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const id = z.uuid()
const filters = z.object(ledgerFields)
const reason = z.string().trim().min(1, 'Say why: others will ask.').max(400)
const dayMinutes = 24 * 60
/** More are in effect only where something is wrong; the ledger has the rest. */
const mostInEffect = 200

/** The ledger, and what people do with an action: end it, let it last longer or stay, and settle what nobody knows. */
export const actionsRouter = router({
  /** What has an effect now, or may have. */
  inEffect: procedure.query(({ ctx }) =>
    ctx.services.db.actionLedger.page({ statuses: inEffect }, { limit: mostInEffect }),
  ),

  /** A page of the ledger, newest first. `cursor`: the last entry of the page before. */
  ledger: procedure
    .input(
      filters.extend({
        cursor: z.object({ createdAt: z.iso.datetime(), id: z.string().max(64) }).optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input: { cursor, limit, ...fields } }) =>
      ctx.services.db.actionLedger.page(ledgerFilter(fields), { ...(cursor ? { after: cursor } : {}), limit }),
    ),

  /** How many entries the filters leave; `more` when a file would not hold them all. */
  count: procedure.input(filters).query(async ({ ctx, input }) => {
    const found = await ctx.services.db.actionLedger.count(ledgerFilter(input), mostExported + 1)
    return { count: Math.min(found, mostExported), more: found > mostExported }
  }),

  /** What the ledger can be narrowed to. */
  choices: procedure.query(async ({ ctx }) => {
    const { db } = ctx.services
    const [targets, people] = await Promise.all([db.actedTargets(), db.actionLedger.people()])
    return { targets, people }
  }),

  get: procedure.input(z.object({ id })).query(({ ctx, input }) => view(ctx.services, input.id)),

  revert: procedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const action = await view(ctx.services, input.id)
    if (!action.revertible) throw cannotBePutBack(action)
    await ctx.services.engine.revertAction(input.id, { by: labelOf(ctx.actor) })
    await ctx.services.db.audit.append({ actor: actorKey(ctx.actor), action: 'actions.revert', subject: action.title })
    return view(ctx.services, input.id)
  }),

  renew: procedure
    .input(z.object({ id, minutes: z.number().int().min(1).max(dayMinutes) }))
    .mutation(async ({ ctx, input }) => {
      const action = await view(ctx.services, input.id)
      assertStatus(action, ['done'], 'Only an action in effect can be renewed.')
      if (!action.revertible) throw cannotBePutBack(action)
      await ctx.services.engine.renewLease(input.id, { by: labelOf(ctx.actor), seconds: input.minutes * 60 })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'actions.renew',
        subject: action.title,
        detail: { minutes: input.minutes },
      })
      return view(ctx.services, input.id)
    }),

  /** Nothing puts it back any more. The ledger alone decides that, so it works also while no worker does. */
  keep: procedure.input(z.object({ id, reason })).mutation(async ({ ctx, input }) => {
    const { db } = ctx.services
    const action = await view(ctx.services, input.id)
    assertStatus(action, ['done', 'unknown'], 'Only an action that is or may be in effect can be kept.')
    const by = labelOf(ctx.actor)
    await keepAction({ actionId: input.id, by, reason: input.reason }, { ledger: db.actions })
    await db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'actions.keep',
      subject: action.title,
      detail: { reason: input.reason },
    })
    return view(ctx.services, input.id)
  }),

  /** Has the target of an unknown action looked at; `verdict` counts where that shows nothing clear. */
  settle: procedure
    .input(z.object({ id, verdict: z.object({ inEffect: z.boolean(), reason }).nullable() }))
    .mutation(async ({ ctx, input: { id: actionId, verdict } }) => {
      const action = await view(ctx.services, actionId)
      assertStatus(action, ['unknown'], 'Load the page again: it is settled.')
      await ctx.services.engine.settleAction({ actionId, by: labelOf(ctx.actor), verdict })
      await ctx.services.db.audit.append({
        actor: actorKey(ctx.actor),
        action: 'actions.settle',
        subject: action.title,
        ...(verdict === null ? {} : { detail: verdict }),
      })
      return view(ctx.services, actionId)
    }),
})

async function view(services: Services, actionId: string): Promise<ActionView> {
  const action = await services.db.actions.get(actionId)
  if (action) return actionView(action, await services.db.actions.events(actionId))
  throw new ActionError('unknown-action', `There is no action ${actionId}.`, { fix: 'Load the list of actions again.' })
}

function assertStatus({ title, status }: ActionView, wanted: readonly ActionView['status'][], fix: string): void {
  if (!wanted.includes(status)) throw new ActionError('ledger-conflict', `"${title}" is ${status}.`, { fix })
}

function cannotBePutBack({ title }: ActionView): ActionError {
  return new ActionError('ledger-conflict', `"${title}" cannot be put back, so it has no lease.`, {
    fix: 'Undo it with another action, or at the target itself.',
  })
}
