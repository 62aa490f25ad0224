/** Which driver changes what a connection leads to. */
import {
  ActionError,
  createAlertmanagerDriver,
  createEnvoyDriver,
  createHaproxyDriver,
  createHttpEdgeDriver,
  createNginxDriver,
  createKubernetesDriver,
  createPostgresDriver,
  type Driver,
} from '@tenon/actions'
import { indexModel, type Model } from '@tenon/data'
import type { Database } from '@tenon/db'

export interface DriverWorld {
  db: Pick<Database, 'connections'>
  /** The newest. */
  model(): Promise<Model>
}

/**
 * The driver of a connection. Read anew for each action: an address or secret that was corrected in Settings counts at once.
 *
 * @throws ActionError `bad-request` when there is no such connection, or its kind changes nothing.
 */
export async function driverOf(name: string, { db, model }: DriverWorld): Promise<Driver> {
  const connection = await db.connections.get(name)
  if (!connection) {
    throw new ActionError('bad-request', `There is no connection "${name}".`, {
      fix: 'Add it in Settings under this name, or correct the entity’s edge in the model.',
    })
  }
  const { kind, url: address } = connection
  const entities = indexModel(await model())
  const zoneOf = (host: string): string | null => entities.entity(host)?.attributes['zone'] ?? null
  switch (kind) {
    case 'haproxy':
      return createHaproxyDriver({ address, zoneOf })
    case 'http-edge': {
      const token = await db.connections.secret(name)
      return createHttpEdgeDriver({ address, zoneOf, ...(token === null ? {} : { token }) })
    }
    case 'kubernetes':
      return createKubernetesDriver({ address, zoneOf, token: await db.connections.secret(name) })
    case 'nginx': {
      const token = await db.connections.secret(name)
      return createNginxDriver({ address, ...(token === null ? {} : { token }) })
    }
    case 'envoy': {
      const token = await db.connections.secret(name)
      return createEnvoyDriver({ address, ...(token === null ? {} : { token }) })
    }
    case 'alertmanager':
      return createAlertmanagerDriver({ address, secret: await db.connections.secret(name) })
    case 'postgres':
      return createPostgresDriver({ address, secret: await db.connections.secret(name) })
    case 'prometheus':
    case 'mysql':
    case 'clickhouse':
    case 'loki':
    case 'elasticsearch':
    case 'http-json':
    case 'files':
    case 'backstage':
    case 'webhook':
    case 'hook':
      throw new ActionError('bad-request', `The connection "${name}" is ${kind} and changes nothing.`, {
        fix: 'Name a connection of a kind that can; docs/drivers.md lists what each sets.',
      })
  }
}
