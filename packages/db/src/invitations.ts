import * as z from 'zod'
import { DbError } from './db-error.ts'
import { role, type Role } from './role.ts'
import type { Store } from './store.ts'
import { newToken, tokenHash } from './token-hash.ts'

export interface Link {
  id: string
  /** `start`: the first admin's, printed at start; `invite`: a person's. */
  kind: 'start' | 'invite'
  email: string | null
  role: Role
}

const minute = 60_000
const kind = z.enum(['start', 'invite'])

/** One-time sign-in links. Only the hash of a link's token is kept. */
export function createInvitations(store: Store) {
  async function create(
    link: Omit<Link, 'id'> & { invitedBy: string | null; lifeMs: number },
  ): Promise<{ token: string }> {
    const token = newToken('welcome')
    await store.client.invitation.create({
      data: {
        tokenHash: tokenHash(token),
        kind: link.kind,
        email: link.email,
        role: link.role,
        invitedBy: link.invitedBy,
        expiresAt: new Date(Date.now() + link.lifeMs),
      },
    })
    return { token }
  }

  const usable = (token: string) => ({ tokenHash: tokenHash(token), usedAt: null, expiresAt: { gt: new Date() } })
  const invalid = () =>
    new DbError('link-invalid', 'This link was used already or has expired.', {
      fix: 'Sign in with your password, ask an admin for a new invitation, or start Tenon again to get a new start link.',
    })

  return {
    /** A link of 15 minutes that signs in as the first admin (and makes that user on a new installation). Earlier ones stop working. */
    async createStartLink(): Promise<{ token: string }> {
      await store.client.invitation.deleteMany({ where: { kind: 'start', usedAt: null } })
      return create({ kind: 'start', email: null, role: 'admin', invitedBy: null, lifeMs: 15 * minute })
    },

    /** A link of 3 days for one e-mail address. */
    invite(invitation: { email: string; role: Role; invitedBy: string }): Promise<{ token: string }> {
      return create({
        kind: 'invite',
        ...invitation,
        email: invitation.email.toLowerCase(),
        lifeMs: 3 * 24 * 60 * minute,
      })
    },

    /** What a link would do, without using it. @throws DbError `link-invalid`. */
    async look(token: string): Promise<Link> {
      const row = await store.client.invitation.findFirst({ where: usable(token) })
      if (!row) throw invalid()
      return { id: row.id, kind: kind.parse(row.kind), email: row.email, role: role.parse(row.role) }
    },

    /** Uses a link up: of two at once exactly one succeeds. @throws DbError `link-invalid`. */
    async use(token: string): Promise<Link> {
      const { count } = await store.client.invitation.updateMany({ where: usable(token), data: { usedAt: new Date() } })
      if (count === 0) throw invalid()
      const row = await store.client.invitation.findUniqueOrThrow({ where: { tokenHash: tokenHash(token) } })
      return { id: row.id, kind: kind.parse(row.kind), email: row.email, role: role.parse(row.role) }
    },

    /** Gives a link back that could not be carried out (e.g. a password that is too short). */
    async release(id: string): Promise<void> {
      await store.client.invitation.updateMany({ where: { id, usedBy: null }, data: { usedAt: null } })
    },

    /** Notes who came by a link; it can be released no more. */
    async usedBy(id: string, userId: string): Promise<void> {
      await store.client.invitation.update({ where: { id }, data: { usedBy: userId } })
    },
  }
}

export type Invitations = ReturnType<typeof createInvitations>
