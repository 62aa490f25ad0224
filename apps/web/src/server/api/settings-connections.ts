import { connectionKind } from '@tenon/db'
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { testConnection } from '../connection-test.ts'
import { assertOutboundAddress, parseConnectionUrl } from '../outbound-address.ts'
import { procedure, router } from './trpc.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes; begin with a letter.')
const connection = z
  .object({
    name,
    kind: connectionKind,
    url: z.string().trim().min(1, 'Give the address.').max(2000),
    /** Left out: as it is. null: none. */
    secret: z.string().min(1).max(4000).nullish(),
  })
  .superRefine(({ kind, url }, context) => {
    const parsed = parseConnectionUrl(kind, url)
    if (!parsed.ok) context.addIssue({ code: 'custom', path: ['url'], message: parsed.message })
  })

/** Outside systems. Secrets go in and never come out. */
export const connectionsRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.connections.list()),

  save: procedure.input(connection).mutation(async ({ ctx, input }) => {
    await assertOutboundAddress(input.url)
    const { name: subject, kind, url, secret } = input
    const row = await ctx.services.db.connections.save({
      name: subject,
      kind,
      url,
      ...(secret === undefined ? {} : { secret }),
    })
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.connections.save',
      subject,
      detail: { kind, url, secret: secret === undefined ? 'kept' : secret === null ? 'removed' : 'set' },
    })
    return row
  }),

  remove: procedure.input(z.object({ name })).mutation(async ({ ctx, input }) => {
    await ctx.services.db.connections.remove(input.name)
    await ctx.services.db.audit.append({
      actor: actorKey(ctx.actor),
      action: 'settings.connections.remove',
      subject: input.name,
    })
  }),

  /** Tries what is in the form, with the stored secret when none was typed. Changes nothing outside. */
  test: procedure.input(connection).mutation(async ({ ctx, input }) => {
    await assertOutboundAddress(input.url)
    const { connections } = ctx.services.db
    const stored =
      input.secret === undefined && (await connections.get(input.name)) ? await connections.secret(input.name) : null
    return testConnection({ kind: input.kind, url: input.url, secret: input.secret ?? stored })
  }),
})
