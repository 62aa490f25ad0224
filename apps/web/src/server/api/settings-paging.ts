import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError } from '../errors.ts'
import { procedure, router } from './trpc.ts'

/** Where critical notices go besides the inbox. The worker posts them, each until it is taken. */
export const pagingRouter = router({
  get: procedure.query(async ({ ctx }) => {
    const { paging, connections } = ctx.services.db
    const [channel, trouble, lastSent, rows] = await Promise.all([
      paging.channel(),
      paging.trouble(),
      paging.lastSent(),
      connections.list(),
    ])
    const choices = rows.filter(({ kind }) => kind === 'webhook').map(({ name }) => name)
    return { channel, trouble, lastSent, choices }
  }),

  set: procedure
    .input(z.object({ connection: z.string().max(63).nullable() }))
    .mutation(async ({ ctx, input: { connection } }) => {
      const { paging, connections, audit } = ctx.services.db
      if (connection !== null && (await connections.get(connection))?.kind !== 'webhook')
        throw new ApiError({
          status: 422,
          code: 'unknown-connection',
          message: `There is no webhook connection "${connection}".`,
          fix: 'Add it under Connections, or choose another.',
        })
      await paging.setChannel(connection, labelOf(ctx.actor))
      await audit.append({
        actor: actorKey(ctx.actor),
        action: 'settings.paging.set',
        subject: connection ?? 'none',
      })
    }),

  /** A critical notice that says it is a test goes the whole way, the inbox too. */
  test: procedure.mutation(async ({ ctx }) => {
    await ctx.services.db.inbox.post({
      key: `paging-test/${randomUUID()}`,
      title: 'A test of critical notices',
      body: `${labelOf(ctx.actor)} asked for it. Nothing is wrong.`,
      severity: 'critical',
      link: '/settings?tab=actions',
    })
  }),
})
