import { connectionKind } from '@tenon/db'
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { testConnection } from '../connection-test.ts'
import { ApiError } from '../errors.ts'
import { assertOutboundAddress, parseConnectionUrl } from '../outbound-address.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes; begin with a letter.')
const connection = z
  .object({
    name,
    kind: connectionKind,
    /** Empty for a hook, and for nothing else. */
    url: z.string().trim().max(2000),
    /** Left out: as it is. null: none. */
    secret: z.string().min(1).max(4000).nullish(),
  })
  .superRefine(({ kind, url }, context) => {
    if (kind === 'hook') {
      if (url !== '') context.addIssue({ code: 'custom', path: ['url'], message: 'A hook has no address.' })
      return
    }
    if (url === '') return context.addIssue({ code: 'custom', path: ['url'], message: 'Give the address.' })
    const parsed = parseConnectionUrl(kind, url)
    if (!parsed.ok) context.addIssue({ code: 'custom', path: ['url'], message: parsed.message })
  })

/** Outside systems. Secrets go in and never come out. */
export const connectionsRouter = router({
  list: procedure.query(({ ctx }) => ctx.services.db.connections.list()),

  save: procedure.input(connection).mutation(async ({ ctx, input }) => {
    if (input.kind !== 'hook') await assertOutboundAddress(input.url)
    const kept = await keptSecret(ctx.services, input)
    if (input.kind === 'hook') assertHookSecret(kept)
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
    if (input.kind !== 'hook') await assertOutboundAddress(input.url)
    return testConnection({ kind: input.kind, url: input.url, secret: await keptSecret(ctx.services, input) })
  }),
})

/**
 * The secret to use: the one that was typed, or the stored one when none was. That one is only for the address it was entered for: sent anywhere
 * else, it would be out.
 */
async function keptSecret({ db }: Pick<Services, 'db'>, typed: z.infer<typeof connection>): Promise<string | null> {
  if (typed.secret !== undefined) return typed.secret
  const stored = await db.connections.get(typed.name)
  if (!stored?.hasSecret) return null
  if (stored.kind === typed.kind && originOf(stored.url) === originOf(typed.url)) {
    return db.connections.secret(typed.name)
  }
  throw new ApiError({
    status: 400,
    code: 'secret-needed',
    message: `The secret of "${typed.name}" was entered for ${stored.url} and is not sent to another address.`,
    fix: 'Enter the secret again, or remove it.',
  })
}

/** A hook is nothing but its secret, and a short one can be guessed by who records a signature. */
function assertHookSecret(secret: string | null): void {
  if (secret !== null && secret.length >= 16) return
  throw new ApiError({
    status: 400,
    code: 'secret-needed',
    message: secret === null ? 'A hook needs a secret.' : 'The secret of a hook must have at least 16 characters.',
    fix: 'Make one, for example with: openssl rand -hex 32',
  })
}

/** `URL.origin` is "null" for schemes that are not the web's own. */
function originOf(text: string): string {
  if (text === '' || text.startsWith('/')) return text
  const { protocol, host, pathname } = new URL(text)
  return protocol === 'unix:' ? pathname : `${protocol}//${host}`
}
