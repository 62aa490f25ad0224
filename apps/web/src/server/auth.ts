/**
 * Sign-in by better-auth on our own tables. Nobody signs up: people come by one-time links. Who may do what is not decided here but in policy.ts.
 */
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { role, type Database, type UserRow } from '@tenon/db'
import * as z from 'zod'
import type { Actor } from './actor.ts'
import { ApiError } from './errors.ts'
import { allowedOrigins } from './same-origin.ts'
import { limitSignIn } from './sign-in-limit.ts'

export interface Auth {
  /** Who a browser's session speaks for; null when there is none or the user was disabled. */
  actorOf(headers: Headers): Promise<Extract<Actor, { kind: 'user' }> | null>
  /** Uses a one-time link up. @returns the user and the cookies that sign in. */
  claimLink(
    link: { token: string; name?: string; email?: string; password?: string },
    headers: Headers,
  ): Promise<{ user: { id: string; name: string; email: string; role: string }; cookies: string[] }>
  /** Ends all sessions but the one of `headers`. @throws ApiError `wrong-password`, `bad-password`. */
  setPassword(userId: string, change: { password: string; current?: string }, headers: Headers): Promise<void>
  /** better-auth's own HTTP endpoints, of which api/auth mounts three. */
  handler(request: Request): Promise<Response>
}

export const passwordLength = { min: 10, max: 128 }
const signInPerMinute = 10
const weekSeconds = 7 * 86_400

export function createAuth(options: { db: Database; publicUrl: string; secret: string }): Auth {
  const { db, publicUrl } = options
  const auth = betterAuth({
    appName: 'Tenon',
    baseURL: publicUrl,
    secret: options.secret,
    trustedOrigins: [...allowedOrigins(publicUrl)],
    database: prismaAdapter(db.authClient, { provider: 'postgresql' }),
    telemetry: { enabled: false },
    hooks: { before: limitSignIn(signInPerMinute) },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    session: { expiresIn: weekSeconds, updateAge: 86_400 },
    user: {
      additionalFields: {
        role: { type: 'string', input: false },
        disabledAt: { type: 'date', required: false, input: false },
      },
    },
    rateLimit: { enabled: true, customRules: { '/sign-in/email': { window: 60, max: signInPerMinute } } },
    advanced: {
      cookiePrefix: 'tenon',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    databaseHooks: {
      session: {
        create: {
          /** Also with the right password: a session made now would work again once the user is enabled. */
          async before({ userId }) {
            const user = await db.users.get(userId)
            if (!user || user.disabledAt) throw APIError.from('FORBIDDEN', disabled)
          },
        },
      },
    },
    plugins: [{ id: 'tenon-links', endpoints: { startSession } }],
  })

  /** Hashed first, so that a password that is refused leaves no user behind who cannot sign in. */
  async function newUser(user: { name: string; email: string; role: UserRow['role'] }, password?: string) {
    const hash = password === undefined ? null : await hashOf(password)
    const made = await db.users.create(user)
    if (hash !== null) await saveHash(made.id, hash)
    return made
  }

  async function hashOf(password: string): Promise<string> {
    if (password.length < passwordLength.min || password.length > passwordLength.max) {
      throw new ApiError({
        status: 400,
        code: 'bad-password',
        message: `A password has ${passwordLength.min} to ${passwordLength.max} characters.`,
        fix: 'Choose another one.',
      })
    }
    return (await auth.$context).password.hash(password)
  }

  async function saveHash(userId: string, hash: string): Promise<void> {
    const context = await auth.$context
    const accounts = await context.internalAdapter.findAccounts(userId)
    if (accounts.some(({ providerId }) => providerId === 'credential')) {
      await context.internalAdapter.updatePassword(userId, hash)
    } else {
      await context.internalAdapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
    }
  }

  async function endOtherSessions(userId: string, headers: Headers): Promise<void> {
    const { internalAdapter } = await auth.$context
    const own = await auth.api.getSession({ headers })
    const tokens = (await internalAdapter.listSessions(userId)).map(({ token }) => token)
    await internalAdapter.deleteSessions(tokens.filter((token) => token !== own?.session.token))
  }

  return {
    async actorOf(headers) {
      const session = await auth.api.getSession({ headers })
      if (!session || session.user.disabledAt) return null
      const { id, name, email } = session.user
      return { kind: 'user', id, name, email, role: role.parse(session.user.role) }
    },

    async claimLink({ token, name, email, password }, headers) {
      const link = await db.invitations.use(token)
      try {
        const user =
          link.kind === 'start'
            ? ((await db.users.firstAdmin()) ??
              (await newUser({ name: name ?? 'Admin', email: email ?? firstAdminEmail, role: 'admin' })))
            : await invitedUser(link, { name, password, newUser })
        const { headers: answer } = await auth.api.startSession({
          body: { userId: user.id },
          headers,
          returnHeaders: true,
        })
        await db.invitations.usedBy(link.id, user.id)
        return {
          user: { id: user.id, name: user.name, email: user.email, role: user.role },
          cookies: answer.getSetCookie(),
        }
      } catch (error) {
        await db.invitations.release(link.id)
        throw error
      }
    },

    async setPassword(userId, { password, current }, headers) {
      const context = await auth.$context
      const accounts = await context.internalAdapter.findAccounts(userId)
      const hash = accounts.find(({ providerId }) => providerId === 'credential')?.password
      const known = hash ? await context.password.verify({ hash, password: current ?? '' }) : true
      if (!known) {
        throw new ApiError({
          status: 400,
          code: 'wrong-password',
          message: 'The current password is not right.',
          fix: 'Enter it again, or ask an admin for a new invitation.',
        })
      }
      await saveHash(userId, await hashOf(password))
      // Whoever knew the old one may be signed in with it.
      await endOtherSessions(userId, headers)
    },

    handler: (request) => auth.handler(request),
  }
}

const disabled = { code: 'USER_DISABLED', message: 'This account is disabled. Ask an admin.' }

/** For the person who starts Tenon: an address to sign in with once a password is set in Settings. */
const firstAdminEmail = 'admin@tenon.local'

function invitedUser(
  link: { email: string | null; role: UserRow['role'] },
  given: {
    name: string | undefined
    password: string | undefined
    newUser(user: { name: string; email: string; role: UserRow['role'] }, password: string): Promise<UserRow>
  },
): Promise<UserRow> {
  const { name, password } = given
  if (!link.email || !name || !password) {
    throw new ApiError({
      status: 400,
      code: 'bad-input',
      message: 'An invitation needs a name and a password.',
      fix: 'Fill both in; the password needs at least 10 characters.',
    })
  }
  return given.newUser({ name, email: link.email, role: link.role }, password)
}

/** Makes a session without a password; it has no path, so only this server can call it. */
const startSession = createAuthEndpoint(
  { method: 'POST', body: z.object({ userId: z.string() }), metadata: { SERVER_ONLY: true } },
  async (ctx) => {
    const user = await ctx.context.internalAdapter.findUserById(ctx.body.userId)
    if (!user) throw new Error('A session was wanted for a user that is not there.')
    const session = await ctx.context.internalAdapter.createSession(user.id)
    await setSessionCookie(ctx, { session, user })
    return { userId: user.id }
  },
)
