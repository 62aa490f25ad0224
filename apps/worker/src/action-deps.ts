/** What the action protocol needs, from the model, the connections in PostgreSQL and the leases in Temporal. */
import {
  ActionError,
  type ActionDeps,
  type ActionRequest,
  type ActionTarget,
  type Clock,
  type LedgerAction,
  type Driver,
  featureTarget,
  incidentTarget,
  statementTarget,
  policyUnderBrokenGlass,
  readStopFile,
  stopOf,
} from '@tenon/actions'
import { indexModel, type Model } from '@tenon/data'
import type { Database } from '@tenon/db'
import { setTimeout as sleep } from 'node:timers/promises'
import { driverOf } from './drivers.ts'
import type { Leases } from './leases.ts'

export interface ActionWorld {
  db: Pick<Database, 'actions' | 'actionRules' | 'freezes' | 'alerts' | 'connections' | 'settings' | 'inbox'>
  /** The newest. */
  model(): Promise<Model>
  leases: Pick<Leases, 'start'>
  /** While it exists, writes are stopped. */
  stopFile?: string
  /** Watches measures between two waves. */
  watchHarm?: ActionDeps['watchHarm']
  /** Reads a measure that an action is bound by, for its plan and its verification. */
  readMeasure?: ActionDeps['readMeasure']
}

export const processClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal ? { signal } : {})
  },
}

export function createActionDeps(world: ActionWorld): ActionDeps {
  const { db, leases } = world
  return {
    ledger: db.actions,
    targets: {
      of: (request) => targetOf(request, world),
      forConnection: (name) => driverOf(name, world),
    },
    async writesStopped(scope) {
      // The file first: it is for the hour in which the database does not answer.
      const ofFile = stopOf(world.stopFile === undefined ? [] : await readStopFile(world.stopFile), scope)
      return ofFile ?? stopOf(await db.settings.writeStops(), scope)
    },
    async policy() {
      const [policy, glass] = await Promise.all([db.actionRules.policy(), db.settings.brokenGlass()])
      return glass ? policyUnderBrokenGlass(policy) : policy
    },
    autonomyOf: (runbook, kind) => db.actionRules.autonomyOf(runbook, kind),
    freezes: () => db.freezes.inForce(),
    async alertFires(id) {
      const alert = await db.alerts.get(id)
      return alert !== null && alert.endsAt === null
    },
    suppressionOn: async () => (await db.settings.alertSuppression()).on,
    ...(world.watchHarm ? { watchHarm: world.watchHarm } : {}),
    ...(world.readMeasure ? { readMeasure: world.readMeasure } : {}),
    startLease: (actionId, leaseSeconds) => leases.start(actionId, leaseSeconds),
    onUnknown: (action, detail) => noticeUnknown(action, detail, db),
    onNotPutBack: (action, detail) => noticeNotPutBack(action, detail, db),
    async onGivenUp({ target, id, runId, title }, { code, message, fix }) {
      await db.inbox.post({
        // Once for each run and target, however often it is tried.
        key: `given-up/${code}/${target}/${runId ?? id}`,
        title: `Given up: ${title}`,
        body: `${message} ${fix}`,
        severity: 'critical',
        link: `/actions/${id}`,
      })
    },
    clock: processClock,
  }
}

/** Requests that name an entity go where the model says; the others name their connection. */
async function targetOf(request: ActionRequest, world: ActionWorld): Promise<ActionTarget> {
  const limits = (await world.db.actionRules.policy()).capacity
  switch (request.kind) {
    case 'traffic-switch':
    case 'rate-limit': {
      const entity = indexModel(await world.model()).entity(request.entity)
      if (!entity?.edge) {
        const message = entity
          ? `${request.entity} has no edge in the model.`
          : `The model has no entity "${request.entity}".`
        throw new ActionError('bad-request', message, {
          fix: 'Choose an entity whose traffic an edge carries, or add `edge` to it in the model.',
        })
      }
      const { connection, backend } = entity.edge
      const title = entity.title ?? request.entity
      return { title, connection, backend, driver: await driverOf(connection, world), limits }
    }
    case 'silence': {
      const { connection, alert, title } = request
      const driver = await driverOfKind(connection, ['alertmanager'], world)
      return { title, connection, backend: alert, driver, limits }
    }
    case 'feature': {
      const { connection, feature } = request
      const driver = await driverOfKind(connection, ['http-edge', 'nginx', 'envoy'], world)
      return { title: feature, connection, backend: featureTarget(feature), driver, limits }
    }
    case 'incident': {
      const { connection, key, title } = request
      const driver = await driverOfKind(connection, ['http-edge'], world)
      return { title, connection, backend: incidentTarget(key), driver, limits }
    }
    case 'statement': {
      const { connection, title } = request
      const driver = await driverOfKind(connection, ['postgres'], world)
      return { title, connection, backend: statementTarget, driver, limits }
    }
    case 'scale':
    case 'restart':
    case 'roll-back': {
      const entity = indexModel(await world.model()).entity(request.entity)
      if (!entity?.workload)
        throw new ActionError('bad-request', `The model does not say what runs ${request.entity}.`, {
          fix: 'Add `workload` to the entity in the model: a connection of kind kubernetes, and <namespace>/deployments/<name>.',
        })
      const { connection, backend } = entity.workload
      const driver = await driverOfKind(connection, ['kubernetes'], world)
      return { title: entity.title ?? request.entity, connection, backend, driver, limits }
    }
    case 'drain-node': {
      const { connection, node } = request
      const driver = await driverOfKind(connection, ['kubernetes'], world)
      return { title: node, connection, backend: `nodes/${node}`, driver, limits }
    }
  }
}

async function driverOfKind(connection: string, kinds: readonly string[], world: ActionWorld): Promise<Driver> {
  const driver = await driverOf(connection, world)
  if (kinds.includes(driver.name)) return driver
  const kind = kinds.join(' or ')
  throw new ActionError('bad-request', `The connection "${connection}" is ${driver.name}, not ${kind}.`, {
    fix: `Name a connection of kind ${kind}.`,
  })
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

/** Once an action: the lease goes on trying, and the inbox takes a key once. */
async function noticeNotPutBack(action: LedgerAction, detail: string, db: Pick<Database, 'inbox'>): Promise<void> {
  await db.inbox.post({
    key: `${action.key}/not-put-back`,
    title: `Not put back: ${action.title}`,
    body: `${action.target} is still changed: ${detail}. It is tried again; look at the target, and put it back by hand when it must not stay so.`,
    severity: 'critical',
    link: `/actions/${action.id}`,
  })
}
