import { actionView } from '../action-view.ts'
import { changeView } from '../change-view.ts'
import { procedure, router } from './trpc.ts'

const dayMs = 86_400_000

export const nowRouter = router({
  /** The home page: what is wrong now, and what goes on. */
  get: procedure.query(async ({ ctx }) => {
    const { db, chainHealth } = ctx.services
    const at = Date.now()
    const [health, changes, inEffect, runs, approvals, unread, writesStopped] = await Promise.all([
      chainHealth.get(),
      db.changes.between(at - dayMs, at),
      db.actions.inEffect(),
      db.runs.list({ limit: 10 }),
      db.approvals.list({ status: 'waiting' }),
      db.inbox.unread(),
      db.settings.writesStopped(),
    ])
    return {
      at: new Date(at).toISOString(),
      judgedAt: health.judgedAt,
      chains: health.chains,
      changes: changes.slice(0, 20).map(changeView),
      inEffect: await Promise.all(inEffect.map(async (row) => actionView(row, await db.actions.events(row.id)))),
      runs,
      approvals,
      inbox: { unread },
      writesStopped,
    }
  }),
})
