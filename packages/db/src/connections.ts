import * as z from 'zod'
import { DbError } from './db-error.ts'
import type { SecretBox } from './secret-box.ts'
import type { Statement, Store } from './store.ts'
import { iso } from './stored.ts'

/**
 * First the kinds of sources that the model reads from, then edges and where we post. `hook` is no system to call but the shared secret of
 * those who call our webhooks; it has no address.
 */
export const connectionKind = z.enum([
  'prometheus',
  'postgres',
  'mysql',
  'clickhouse',
  'loki',
  'elasticsearch',
  'http-json',
  'alertmanager',
  'kubernetes',
  'files',
  'backstage',
  'haproxy',
  'http-edge',
  'nginx',
  'envoy',
  'webhook',
  'hook',
])
export type ConnectionKind = z.infer<typeof connectionKind>

/** Safe to show: a secret never leaves but through `secret`. */
export interface ConnectionRow {
  id: string
  name: string
  kind: ConnectionKind
  /** `http(s)://...`, `postgres://host:port/db`, `tcp://host:port` and `unix:/path` for a Runtime API, a folder; empty for a hook. */
  url: string
  hasSecret: boolean
  updatedAt: string
}

/** Asked at every query of a source. */
const byName: Statement = {
  name: 'connection-by-name',
  text: `SELECT "id", "name", "kind", "url", "secret", "updatedAt" FROM "connection" WHERE "name" = $1`,
}
const storedConnection = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  secret: z.string().nullable(),
  updatedAt: z.date(),
})

/** Connections to outside systems. */
export function createConnections(store: Store, box: () => SecretBox) {
  const owner = (name: string) => `connection:${name}`
  const unknown = (name: string) =>
    new DbError('unknown-connection', `There is no connection "${name}".`, { fix: 'Add it in Settings, Connections.' })

  async function find(name: string) {
    const [row] = await store.run(byName, [name])
    return row ? storedConnection.parse(row) : null
  }

  return {
    async list(): Promise<ConnectionRow[]> {
      const rows = await store.client.connection.findMany({ orderBy: { name: 'asc' } })
      return rows.map(connectionRow)
    },

    async get(name: string): Promise<ConnectionRow | null> {
      const row = await find(name)
      return row && connectionRow(row)
    },

    /** All that the process that calls it needs, at once. */
    async address(name: string): Promise<{ kind: ConnectionKind; url: string; secret: string | null } | null> {
      const row = await find(name)
      if (!row) return null
      const secret = row.secret === null ? null : box().open(row.secret, owner(name))
      return { kind: connectionKind.parse(row.kind), url: row.url, secret }
    },

    /** The secret (a bearer token, or `user:password`) for the process that makes the call; null when there is none. */
    async secret(name: string): Promise<string | null> {
      const row = await find(name)
      if (!row) throw unknown(name)
      return row.secret === null ? null : box().open(row.secret, owner(name))
    },

    /** Makes or changes one. `secret` undefined keeps what there is, null removes it. */
    async save(connection: {
      name: string
      kind: ConnectionKind
      url: string
      secret?: string | null
    }): Promise<ConnectionRow> {
      const { name, kind, url, secret } = connection
      const sealed = secret === undefined ? {} : { secret: secret === null ? null : box().seal(secret, owner(name)) }
      return store.write(async (tx, tell) => {
        const row = await tx.connection.upsert({
          where: { name },
          create: { name, kind, url, ...sealed },
          update: { kind, url, ...sealed },
        })
        tell({ topic: 'settings', id: `connection:${name}` })
        return connectionRow(row)
      })
    },

    async remove(name: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.connection.deleteMany({ where: { name } })
        if (count === 0) throw unknown(name)
        tell({ topic: 'settings', id: `connection:${name}` })
      })
    },
  }
}

export type Connections = ReturnType<typeof createConnections>

function connectionRow(row: {
  id: string
  name: string
  kind: string
  url: string
  secret: string | null
  updatedAt: Date
}): ConnectionRow {
  return {
    id: row.id,
    name: row.name,
    kind: connectionKind.parse(row.kind),
    url: row.url,
    hasSecret: row.secret !== null,
    updatedAt: iso(row.updatedAt),
  }
}
