/** Many actions under many faults, with the real protocol, ledger, driver and processes; see docs/safety-campaign.md. */
import { openDatabase } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { actionEventKind, type ActionEventRecord, type ActionRequest, type LedgerAction } from '@tenon/actions'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import * as z from 'zod'
import { createChance, type Chance } from './chance.ts'
import type { CampaignRecord } from './checker.ts'
import { startCrew, type Crew } from './crew.ts'
import { laneName, startTargets } from './targets.ts'

export interface CampaignOptions {
  actions: number
  /** At least so many are injected; more come when the actions need longer. */
  faults: number
  seed: number
  lanes?: number
  /** An empty database of the campaign's own. */
  databaseUrl: string
  /** Kills PostgreSQL, which is started again; absent where it is shared. */
  killPostgres?: () => Promise<void>
  say: (line: string) => void
}

export interface CampaignResult {
  record: CampaignRecord
  /** By kind. */
  faults: ReadonlyMap<string, number>
  handedOver: number
  /** Processes that ended by themselves. */
  crashes: readonly string[]
  seconds: number
}

const crewSize = 6

/** Runs it to the end: when all are accepted the faults stop, and what is under way is awaited. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { seed, databaseUrl, say } = options
  const lanes = options.lanes ?? 64
  const began = performance.now()
  await migrate(databaseUrl)
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 5000 })
  pool.on('error', () => undefined)
  await pool.query('CREATE TABLE campaign_lease (action_id text PRIMARY KEY, at double precision NOT NULL)')
  await pool.query('CREATE TABLE campaign_page (action_id text PRIMARY KEY)')
  const db = openDatabase(databaseUrl, { connections: 3 })
  const targets = await startTargets(lanes, createChance(seed + 1))
  const faults = new Map<string, number>()
  const fault = (kind: string): void => void faults.set(kind, (faults.get(kind) ?? 0) + 1)
  const skew = (seat: number): number => {
    if (seat % 2 === 0) return 0
    fault('clock skew')
    return seat % 4 === 1 ? 600_000 : -600_000
  }
  const crew = await startCrew({ databaseUrl, address: targets.address, size: crewSize, skew }, createChance(seed + 2))
  const keys: string[] = []
  const needApproval = new Set<string>()
  const stuck = new Map<string, string>()
  const lane = async (index: number): Promise<void> => {
    const chance = createChance(seed + 100 + index)
    while (keys.length < options.actions || total(faults, targets.injected) < options.faults) {
      const key = `campaign-${seed}/${keys.length}`
      keys.push(key)
      if (keys.length % 250 === 0)
        say(`${keys.length} of ${options.actions} actions, ${total(faults, targets.injected)} faults`)
      const approve = chance.next() < 0.5
      if (approve) needApproval.add(key)
      const twice = chance.next() < 0.05
      if (twice) fault('duplicate trigger')
      const neverEnded = await oneAction(crew, { key, approve, twice, request: requestOf(index, chance) })
      if (neverEnded !== null) stuck.set(key, neverEnded)
    }
  }
  const chaos = createChance(seed + 3)
  let going = true
  const spoil = async (): Promise<void> => {
    let step = 0
    while (going) {
      // A job takes up to 6 s while its target is away, and a process some seconds to start: faster kills leave nobody who could end one.
      await sleep(4000 + chaos.below(5000))
      step += 1
      if (step % 12 === 4 && options.killPostgres) {
        // It fails while PostgreSQL is still on its way up after the kill before; that is no fault.
        const killed = await options.killPostgres().then(
          () => true,
          () => false,
        )
        if (killed) fault('PostgreSQL killed')
      } else if (step % 6 === 2) {
        if (crew.pause()) fault('actuator stopped and continued')
      } else if (crew.kill()) {
        fault('actuator killed')
      }
    }
  }
  const spoiling = spoil()
  try {
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
    going = false
    targets.calm()
    await spoiling
    await untilAnswers(pool)
    for (const [kind, count] of targets.injected) faults.set(`target: ${kind}`, count)
    const { actions, events } = await readLedger(databaseUrl, db.actions.get)
    const rows = async (table: string) => (await pool.query<Record<string, unknown>>(`SELECT * FROM ${table}`)).rows
    const leases = z.array(z.object({ action_id: z.string(), at: z.number() })).parse(await rows('campaign_lease'))
    const pages = z.array(z.object({ action_id: z.string() })).parse(await rows('campaign_page'))
    return {
      record: {
        actions,
        events,
        truth: targets.truth,
        triggers: keys,
        pages: pages.map((row) => row.action_id),
        leases: new Map(leases.map((row) => [row.action_id, row.at])),
        needApproval,
        stuck,
        minimumServing: 2,
      },
      faults,
      handedOver: crew.handedOver(),
      crashes: crew.crashes,
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    going = false
    await crew.close()
    await Promise.all([targets.close(), db.close(), pool.end()])
  }
}

/**
 * Carried out, put back when its lease is over, and by a person when it is unknown.
 *
 * @returns why it never ended; null when it did.
 */
async function oneAction(
  crew: Crew,
  of: { key: string; approve: boolean; twice: boolean; request: ActionRequest },
): Promise<string | null> {
  const { key, approve, request, twice } = of
  let outcome = await crew.carryOut((job) => ({ kind: 'apply', job, key, request, approve }), twice)
  // A change that ended "reverting" or "unknown" comes here too; each try is one more look at the target.
  for (let tries = 0; tries < 20; tries += 1) {
    if (outcome.kind === 'never-ended') return outcome.why
    const { id: actionId, status } = outcome
    if (!['done', 'unknown', 'reverting'].includes(status)) return null
    if (tries === 0) await sleep(1000)
    const reason = status === 'unknown' ? 'person' : 'lease'
    outcome = await crew.carryOut((job) => ({ kind: 'revert', job, key, actionId, reason }), false)
  }
  return outcome.kind === 'never-ended' ? outcome.why : null
}

/** Its lease is over before another process can go on with it, or long after: whoever takes it over then leaves it, or sends it again. */
function requestOf(index: number, chance: Chance): ActionRequest {
  const common = { entity: laneName(index), leaseSeconds: chance.next() < 0.25 ? 1 : 30 }
  if (chance.next() < 0.5) return { kind: 'traffic-switch', fromZone: 'A', toZone: 'B', ...common }
  return { kind: 'rate-limit', requestsPerSecond: 50 + chance.below(45), route: '/pay', ...common }
}

/** The last kill of PostgreSQL may have been a moment ago. */
async function untilAnswers(pool: pg.Pool): Promise<void> {
  const until = performance.now() + 60_000
  for (;;) {
    try {
      await pool.query('SELECT 1')
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(500)
    }
  }
}

/** All of it, past the paging of the product's own lists. */
async function readLedger(
  databaseUrl: string,
  get: (id: string) => Promise<LedgerAction | null>,
): Promise<{ actions: LedgerAction[]; events: ActionEventRecord[] }> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const ids = z
      .array(z.object({ id: z.string() }))
      .parse((await client.query<Record<string, unknown>>('SELECT "id" FROM "action" ORDER BY "createdAt"')).rows)
    const actions: LedgerAction[] = []
    for (let from = 0; from < ids.length; from += 50) {
      const some = await Promise.all(ids.slice(from, from + 50).map(({ id }) => get(id)))
      actions.push(...some.filter((one) => one !== null))
    }
    const { rows } = await client.query<Record<string, unknown>>(
      'SELECT "actionId", "at", "kind", "actor", "detail" FROM "action_event" ORDER BY "id"',
    )
    return { actions, events: z.array(storedEvent).parse(rows) }
  } finally {
    await client.end()
  }
}

const storedEvent = z.object({
  actionId: z.string(),
  at: z.date().transform((at) => at.getTime()),
  kind: actionEventKind,
  actor: z.string(),
  detail: z.record(z.string(), z.unknown()),
})

const total = (...counts: ReadonlyMap<string, number>[]): number =>
  counts.flatMap((count) => [...count.values()]).reduce((sum, value) => sum + value, 0)
