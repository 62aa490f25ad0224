import { randomUUID } from 'node:crypto'
import { DbError, isUniqueViolation } from './db-error.ts'
import { role, type Role } from './role.ts'
import type { Store, Transaction } from './store.ts'
import { iso, isoOrNull } from './stored.ts'

export interface UserRow {
  id: string
  name: string
  email: string
  role: Role
  disabledAt: string | null
  createdAt: string
}

/** People. Sign-in itself (sessions, passwords) is better-auth's, on the same tables. */
export function createUsers(store: Store) {
  const unknown = () => new DbError('unknown-user', 'There is no such user.', { fix: 'Load the list again.' })

  /** Without an admin nobody could ever change a setting again. */
  async function assertAdminRemains(tx: Transaction, exceptId: string): Promise<void> {
    await tx.$queryRaw`SELECT "id" FROM "user" WHERE "role" = 'admin' FOR UPDATE`
    const others = await tx.user.count({ where: { role: 'admin', disabledAt: null, id: { not: exceptId } } })
    if (others > 0) return
    throw new DbError('last-admin', 'This is the only admin.', { fix: 'Make another user admin first.' })
  }

  return {
    async list(): Promise<UserRow[]> {
      return (await store.client.user.findMany({ orderBy: { createdAt: 'asc' } })).map(userRow)
    },

    async get(id: string): Promise<UserRow | null> {
      const row = await store.client.user.findUnique({ where: { id } })
      return row && userRow(row)
    },

    /** The admin who came first and may still sign in. */
    async firstAdmin(): Promise<UserRow | null> {
      const row = await store.client.user.findFirst({
        where: { role: 'admin', disabledAt: null },
        orderBy: { createdAt: 'asc' },
      })
      return row && userRow(row)
    },

    /** Makes a user without a way to sign in (better-auth adds it): for seeding, and for links. @throws DbError `name-taken`. */
    async create(user: { name: string; email: string; role: Role }): Promise<UserRow> {
      const email = user.email.toLowerCase()
      try {
        return userRow(
          await store.client.user.create({ data: { ...user, id: randomUUID(), email, emailVerified: true } }),
        )
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new DbError('name-taken', `${email} has an account already.`, { fix: 'Sign in, or use another address.' })
      }
    },

    /** @throws DbError `last-admin`. */
    async setRole(id: string, to: Role): Promise<void> {
      await store.write(async (tx, tell) => {
        if (to !== 'admin') await assertAdminRemains(tx, id)
        const { count } = await tx.user.updateMany({ where: { id }, data: { role: to } })
        if (count === 0) throw unknown()
        tell({ topic: 'settings', id: `user:${id}` })
      })
    },

    /** Ends all sessions too; the user's tokens stop with the user. @throws DbError `last-admin`. */
    async setDisabled(id: string, disabled: boolean): Promise<void> {
      await store.write(async (tx, tell) => {
        if (disabled) await assertAdminRemains(tx, id)
        const { count } = await tx.user.updateMany({
          where: { id },
          data: { disabledAt: disabled ? new Date() : null },
        })
        if (count === 0) throw unknown()
        if (disabled) await tx.session.deleteMany({ where: { userId: id } })
        tell({ topic: 'settings', id: `user:${id}` })
      })
    },
  }
}

export type Users = ReturnType<typeof createUsers>

function userRow(row: {
  id: string
  name: string
  email: string
  role: string
  disabledAt: Date | null
  createdAt: Date
}): UserRow {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: role.parse(row.role),
    disabledAt: isoOrNull(row.disabledAt),
    createdAt: iso(row.createdAt),
  }
}
