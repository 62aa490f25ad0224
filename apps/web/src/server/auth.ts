/**
 * Sign-in by better-auth on our own tables. Nobody signs up: people come by one-time links. Who may do what is not decided here but in policy.ts.
 */
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { role, type Database, type UserRow } from '@tenon/db'
import * as z from 'zod'
import type { Actor } from './actor.ts'
import { ApiError } from './errors.ts'
import { allowedOrigins } from './same-origin.ts'

export interface Auth {
  /** Who a browser's session speaks for; null when there is none or the user was disabled. */
  actorOf(headers: Headers): Promise<Extract<Actor, { kind: 'user' }> | null>
  /** Uses a one-time link up. @returns the user and the cookies that sign in. */
  claimLink(
    link: { token: string; name?: string; email?: string; password?: string },
    headers: Headers,
  ): Promise<{ user: { id: string; name: string; email: string; role: string }; cookies: string[] }>
  setPassword(userId: string, change: { password: string; current?: string }): Promise<void>
  /** better-auth's own HTTP endpoints, of which api/auth mounts three. */
  handler(request: Request): Promise<Response>
}

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
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
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
    plugins: [{ id: 'tenon-links', endpoints: { startSession } }],
  })

  async function newUser(user: { name: string; email: string; role: UserRow['role'] }, password?: string) {
    const made = await db.users.create(user)
    if (password !== undefined) await savePassword(made.id, password)
    return made
  }

  async function savePassword(userId: string, password: string): Promise<void> {
    const context = await auth.$context
    const hash = await context.password.hash(password)
    const accounts = await context.internalAdapter.findAccounts(userId)
    if (accounts.some(({ providerId }) => providerId === 'credential')) {
      await context.internalAdapter.updatePassword(userId, hash)
    } else {
      await context.internalAdapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
    }
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

    async setPassword(userId, { password, current }) {
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
      await savePassword(userId, password)
    },

    handler: (request) => auth.handler(request),
  }
}

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
