/**
 * A process that carries out actions with the real protocol, ledger and driver; the campaign kills it. `TENON_SKEW_MS` makes its wall clock wrong.
 * Run by `campaign.ts`.
 */
import {
  ActionError,
  applyAction,
  createHttpEdgeDriver,
  defaultActionPolicy,
  planAction,
  revertAction,
  stopOf,
  type ActionDeps,
  type ActionPolicy,
  type Driver,
  type LedgerAction,
} from '@tenon/actions'
import { openDatabase } from '@tenon/db'
import { flushCompileCache } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { job, type Job, type JobAnswer } from './job.ts'
import { gatewayOf, zoneOf } from './targets.ts'

const [databaseUrl = '', address = ''] = process.argv.slice(2)
const skew = Number(process.env['TENON_SKEW_MS'] ?? 0)
const db = openDatabase(databaseUrl, { connections: 6 })
const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 5000 })
pool.on('error', () => undefined)
const drivers = new Map<string, Driver>()

function driverOf(gateway: string): Driver {
  const driver =
    drivers.get(gateway) ?? createHttpEdgeDriver({ address: `${address}/${gateway}`, zoneOf, timeoutMs: 1000 })
  drivers.set(gateway, driver)
  return driver
}

/** Rates are what a campaign is beyond; what protects targets stays on. */
const policy: ActionPolicy = {
  ...defaultActionPolicy,
  rates: { all: null, runbook: null, target: null },
  flap: null,
  failures: null,
  interlocks: { ...defaultActionPolicy.interlocks, oneZone: false },
}

const deps: ActionDeps = {
  ledger: db.actions,
  targets: {
    of: async (request) => {
      const backend = 'entity' in request ? request.entity : ''
      const connection = gatewayOf(backend)
      return { title: backend, connection, backend, driver: driverOf(connection), limits: policy.capacity }
    },
    forConnection: async (gateway) => driverOf(gateway),
  },
  writesStopped: async (scope) => stopOf(await db.settings.writeStops(), scope),
  policy: async () => policy,
  autonomyOf: async () => ({ level: 'automatic', granted: null, demotedBy: null }),
  startLease: async (actionId) => {
    await pool.query('INSERT INTO campaign_lease (action_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      actionId,
      // By the truth log's clock, which is this machine's: the skew is left out.
      Date.now(),
    ])
  },
  onUnknown: async (action) => {
    await pool.query('INSERT INTO campaign_page (action_id) VALUES ($1) ON CONFLICT DO NOTHING', [action.id])
  },
  clock: {
    now: () => Date.now() + skew,
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, signal ? { signal } : {})
    },
  },
  watchSeconds: { plan: 0.05, verify: 0.02 },
}

async function carryOut(wanted: Job): Promise<LedgerAction> {
  if (wanted.kind === 'revert') {
    return revertAction({ actionId: wanted.actionId, reason: wanted.reason, by: 'system' }, deps)
  }
  const { key, request, approve } = wanted
  const scope = { key, runId: key, stepId: 'step', runbook: 'campaign', requestedBy: 'user:bob', asOf: null }
  const existing = await db.actions.find(key)
  const hash = !approve ? null : (existing?.approvedHash ?? (await planAction(request, deps, scope)).hash)
  return applyAction({ ...scope, request, approvedHash: hash, approvedBy: approve ? 'user:ana' : null }, deps)
}

function tell(answer: JobAnswer): void {
  process.send?.(answer)
}

process.on('message', (message) => {
  const wanted = job.parse(message)
  carryOut(wanted).then(
    ({ id, status }) => tell({ kind: 'ended', job: wanted.job, id, status }),
    (error: unknown) =>
      tell({
        kind: 'failed',
        job: wanted.job,
        code: error instanceof ActionError ? error.code : 'other',
        message: error instanceof Error ? error.message : String(error),
      }),
  )
})
// Its campaign is gone.
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready' })
// Who is killed keeps nothing for the next.
flushCompileCache()
