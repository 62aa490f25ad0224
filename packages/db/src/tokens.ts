import * as z from 'zod'
import { DbError } from './db-error.ts'
import { role, roleIncludes, type Role } from './role.ts'
import type { Statement, Store } from './store.ts'
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

interface SpeaksFor {
  id: string
  name: string
  role: Role
  /** The address of the person whose token it is. */
  person: string
}

const withUser = { include: { user: true } } as const

/** Asked at every call of the API. */
const authenticate: Statement = {
  name: 'token-authenticate',
  text: `
SELECT "api_token"."id", "api_token"."name", "api_token"."role", "revokedAt", "expiresAt", "lastUsedAt", "user"."role" AS "ownersRole", "user"."email" AS "person", "disabledAt"
FROM "api_token" JOIN "user" ON "user"."id" = "api_token"."userId" WHERE "hash" = $1`,
}
const authenticated = z.object({
  id: z.string(),
  name: z.string(),
  role,
  revokedAt: z.date().nullable(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  ownersRole: role,
  person: z.string(),
  disabledAt: z.date().nullable(),
})

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
      // Told, because every server keeps for some seconds whom a token speaks for.
      const count = await store.write(async (tx, tell) => {
        tell({ topic: 'settings', id: `token:${id}` })
        return (await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })).count
      })
      if (count === 0) {
        throw new DbError('unknown-token', 'There is no such token, or it is revoked already.', {
          fix: 'Load the list again.',
        })
      }
    },

    /** Who a token speaks for; null when it is unknown, expired, revoked or its owner was disabled. */
    async authenticate(text: string): Promise<SpeaksFor | null> {
      const [found] = await store.run(authenticate, [tokenHash(text)])
      if (!found) return null
      const row = authenticated.parse(found)
      const now = new Date()
      if (row.revokedAt || row.disabledAt || (row.expiresAt && row.expiresAt <= now)) return null
      // Once a minute is enough to see whether a token is still in use.
      if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > 60_000) {
        await store.client.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: now } })
      }
      // A token never exceeds its owner, also when the owner was given a lesser role since.
      const { id, name, person } = row
      return { id, name, person, role: roleIncludes(row.ownersRole, row.role) ? row.role : row.ownersRole }
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
