import { actionView } from '../action-view.ts'
import { changeView } from '../change-view.ts'
import { procedure, router } from './trpc.ts'

const dayMs = 86_400_000

export const nowRouter = router({
  /** What is wrong now. Takes as long as judging takes, so it is asked for apart from the rest. */
  chains: procedure.query(async ({ ctx }) => {
    const { judgedAt, chains } = await ctx.services.chainHealth.get()
    return { at: new Date().toISOString(), judgedAt, chains }
  }),

  /** What goes on: read from the database only. */
  get: procedure.query(async ({ ctx }) => {
    const { db } = ctx.services
    const at = Date.now()
    const [changes, inEffect, runs, approvals, writesStopped] = await Promise.all([
      db.changes.between(at - dayMs, at),
      db.actions.inEffect(),
      db.runs.list({ limit: 10 }),
      db.approvals.list({ status: 'waiting' }),
      db.settings.writesStopped(),
    ])
    return {
      at: new Date(at).toISOString(),
      changes: changes.slice(0, 20).map(changeView),
      inEffect: await Promise.all(inEffect.map(async (row) => actionView(row, await db.actions.events(row.id)))),
      runs,
      approvals,
      writesStopped,
    }
  }),
})
