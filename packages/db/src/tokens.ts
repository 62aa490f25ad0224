import { DbError } from './db-error.ts'
import { role, roleIncludes, type Role } from './role.ts'
import type { Store } from './store.ts'
import { iso, isoOrNull } from './stored.ts'
import { newToken, tokenHash } from './token-hash.ts'

export interface TokenRow {
  id: string
  name: string
  /** First characters, to tell tokens apart. */
  prefix: string
  role: Role
  createdBy: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
}

const withUser = { include: { user: true } } as const

/** API tokens. Only the hash is kept; a token is shown once, when it is made. */
export function createTokens(store: Store) {
  return {
    async create(token: {
      name: string
      role: Role
      userId: string
      expiresAt: Date | null
    }): Promise<{ token: string; row: TokenRow }> {
      const text = newToken('tenon')
      const row = await store.client.apiToken.create({
        data: { ...token, prefix: text.slice(0, 12), hash: tokenHash(text) },
        ...withUser,
      })
      return { token: text, row: tokenRow(row) }
    },

    async list(): Promise<TokenRow[]> {
      const rows = await store.client.apiToken.findMany({ ...withUser, orderBy: { createdAt: 'desc' } })
      return rows.map(tokenRow)
    },

    async revoke(id: string): Promise<void> {
      const { count } = await store.client.apiToken.updateMany({
        where: { id, revokedAt: null },
        data: { revokedAt: new Date() },
      })
      if (count === 0) {
        throw new DbError('unknown-token', 'There is no such token, or it is revoked already.', {
          fix: 'Load the list again.',
        })
      }
    },

    /** Who a token speaks for; null when it is unknown, expired, revoked or its owner was disabled. */
    async authenticate(text: string): Promise<{ id: string; name: string; role: Role } | null> {
      const row = await store.client.apiToken.findUnique({ where: { hash: tokenHash(text) }, ...withUser })
      const now = new Date()
      if (!row || row.revokedAt || row.user.disabledAt || (row.expiresAt && row.expiresAt <= now)) return null
      // Once a minute is enough to see whether a token is still in use.
      if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > 60_000) {
        await store.client.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: now } })
      }
      // A token never exceeds its owner, also when the owner was given a lesser role since.
      const [own, owners] = [role.parse(row.role), role.parse(row.user.role)]
      return { id: row.id, name: row.name, role: roleIncludes(owners, own) ? own : owners }
    },
  }
}

export type Tokens = ReturnType<typeof createTokens>

function tokenRow(row: {
  id: string
  name: string
  prefix: string
  role: string
  user: { email: string }
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}): TokenRow {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: role.parse(row.role),
    createdBy: row.user.email,
    createdAt: iso(row.createdAt),
    expiresAt: isoOrNull(row.expiresAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    revokedAt: isoOrNull(row.revokedAt),
  }
}
