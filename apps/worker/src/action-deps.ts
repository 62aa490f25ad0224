/** What the action protocol needs, from the model, the connections in PostgreSQL and the leases in Temporal. */
import {
  ActionError,
  createAlertmanagerDriver,
  createHaproxyDriver,
  createHttpEdgeDriver,
  defaultCapacityLimits,
  type ActionDeps,
  type Driver,
  type LedgerAction,
} from '@tenon/actions'
import { indexModel, type Model } from '@tenon/data'
import type { Database } from '@tenon/db'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Leases } from './leases.ts'

export interface ActionWorld {
  db: Pick<Database, 'actions' | 'connections' | 'settings' | 'inbox'>
  /** The newest. */
  model(): Promise<Model>
  leases: Pick<Leases, 'start'>
}

export function createActionDeps({ db, model, leases }: ActionWorld): ActionDeps {
  /** Read anew for each action: an address or secret that was corrected in Settings counts at once. */
  async function driverOf(name: string): Promise<Driver> {
    const connection = await db.connections.get(name)
    if (!connection) {
      throw new ActionError('bad-request', `There is no connection "${name}".`, {
        fix: 'Add it in Settings under this name, or correct the entity’s edge in the model.',
      })
    }
    const entities = indexModel(await model())
    const zoneOf = (host: string): string | null => entities.entity(host)?.attributes['zone'] ?? null
    switch (connection.kind) {
      case 'haproxy':
        return createHaproxyDriver({ address: connection.url, zoneOf })
      case 'http-edge': {
        const token = await db.connections.secret(name)
        return createHttpEdgeDriver({ address: connection.url, zoneOf, ...(token === null ? {} : { token }) })
      }
      case 'alertmanager':
        return createAlertmanagerDriver({ address: connection.url, secret: await db.connections.secret(name) })
      default:
        throw new ActionError('bad-request', `The connection "${name}" is ${connection.kind} and switches nothing.`, {
          fix: 'Name a connection of kind haproxy or http-edge in the entity’s edge in the model.',
        })
    }
  }

  return {
    ledger: db.actions,
    targets: {
      async forEntity(id) {
        const entity = indexModel(await model()).entity(id)
        if (!entity?.edge) {
          const message = entity ? `${id} has no edge in the model.` : `The model has no entity "${id}".`
          throw new ActionError('bad-request', message, {
            fix: 'Choose an entity whose traffic an edge carries, or add `edge` to it in the model.',
          })
        }
        const { connection, backend } = entity.edge
        return {
          title: entity.title ?? id,
          connection,
          backend,
          driver: await driverOf(connection),
          limits: defaultCapacityLimits,
        }
      },
      async forSilences(name) {
        const driver = await driverOf(name)
        if (driver.name === 'alertmanager') return driver
        throw new ActionError('bad-request', `The connection "${name}" is no Alertmanager.`, {
          fix: 'Name a connection of kind alertmanager.',
        })
      },
      forConnection: driverOf,
    },
    async writesStopped() {
      const stop = await db.settings.writesStopped()
      return stop && { by: stop.by, at: Date.parse(stop.at), reason: stop.reason }
    },
    suppressionOn: async () => (await db.settings.alertSuppression()).on,
    startLease: (actionId, leaseSeconds) => leases.start(actionId, leaseSeconds),
    onUnknown: (action, detail) => noticeUnknown(action, detail, db),
    clock: {
      now: () => Date.now(),
      sleep: async (milliseconds, signal) => {
        await sleep(milliseconds, undefined, signal ? { signal } : {})
      },
    },
  }
}

async function noticeUnknown(action: LedgerAction, detail: string, db: Pick<Database, 'inbox'>): Promise<void> {
  await db.inbox.post({
    key: `${action.key}/unknown`,
    title: `Look at this: ${action.title}`,
    body: `Whether it took effect is not known: ${detail}. Look at ${action.target}, then revert or settle the action.`,
    severity: 'critical',
    link: `/actions/${action.id}`,
  })
}
