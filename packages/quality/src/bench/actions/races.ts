/** Drains that race for the same pools, and stops of all writes in the middle of them: what reaches the targets is what counts. */
import { openDatabase } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import type { ActionRequest } from '@tenon/actions'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createChance, type Chance } from './chance.ts'
import { startCrew, type Crew } from './crew.ts'
import { hostsOf, laneName, startTargets, type Targets } from './targets.ts'

export interface Races {
  drains: number
  /** How many of them took their host out. */
  drained: number
  /** Moments at which a pool had fewer healthy servers with traffic than must be left. */
  floorViolations: number
  stops: number
  /** From before a stop was written until the last change that reached a target, of the slowest stop. */
  stopMs: number
  /** Changes that were made in the second before each stop, over all of them: a stop of nothing proves nothing. */
  changesBefore: number
}

const lanes = 8
const rounds = 5
const racing = 5
const minimumServing = 2
const stops = 20
/** Longer than a call can be under way: the actuator's driver waits 1 s, and a fence holds for as much again. */
const stillMs = 2500

/** In an empty database: 200 drains, then 20 stops under load. No faults: what races is enough. */
export async function runRaces(of: { databaseUrl: string; seed: number; say: (line: string) => void }): Promise<Races> {
  await prepare(of.databaseUrl)
  const chance = createChance(of.seed + 7)
  const targets = await startTargets(lanes, chance)
  targets.calm()
  const db = openDatabase(of.databaseUrl, { connections: 2 })
  const { databaseUrl, seed } = of
  const crew = await startCrew({ databaseUrl, address: targets.address, size: 4, skew: () => 0 }, chance)
  try {
    of.say('200 drains race for 8 pools')
    const drained = await drain(crew, { seed, chance })
    const floorViolations = targets.truth.filter(({ serving }) => serving < minimumServing).length
    of.say('20 stops of all writes under load')
    const load = startLoad(crew, { seed, chance })
    try {
      const stopped = await stopAll(db.settings, targets)
      return { drains: lanes * rounds * racing, drained, floorViolations, stops, ...stopped }
    } finally {
      await load.end()
    }
  } finally {
    await crew.close()
    await Promise.all([targets.close(), db.close()])
  }
}

/** What the crew writes down. */
async function prepare(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('CREATE TABLE campaign_lease (action_id text PRIMARY KEY, at double precision NOT NULL)')
  await client.query('CREATE TABLE campaign_page (action_id text PRIMARY KEY)')
  await client.end()
}

/** Each round five drains start at once on every pool, and none is put back before the last: the last rounds meet the floor. */
async function drain(crew: Crew, { seed, chance }: { seed: number; chance: Chance }): Promise<number> {
  const done: { key: string; id: string }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const race = Array.from({ length: lanes * racing }, async (_, index) => {
      const lane = index % lanes
      const hosts = hostsOf(lane)
      const host = hosts[chance.below(hosts.length)] ?? ''
      const key = `drain-${seed}/${round}-${index}`
      const request: ActionRequest = {
        kind: 'traffic-switch',
        entity: laneName(lane),
        fromZone: '',
        toZone: '',
        hosts: [host],
        leaseSeconds: 600,
      }
      const outcome = await crew.carryOut((job) => ({ kind: 'apply', job, key, request, approve: false }), false)
      if (outcome.kind === 'ended' && outcome.status === 'done') done.push({ key, id: outcome.id })
    })
    await Promise.all(race)
  }
  await Promise.all(done.map((one) => putBack(crew, one)))
  return done.length
}

/** Limits that come and go on every pool. */
function startLoad(crew: Crew, { seed, chance }: { seed: number; chance: Chance }): { end(): Promise<void> } {
  let going = true
  const each = async (lane: number): Promise<void> => {
    for (let count = 0; going; count += 1) {
      const key = `load-${seed}/${lane}-${count}`
      const request: ActionRequest = {
        kind: 'rate-limit',
        entity: laneName(lane),
        requestsPerSecond: 5 + chance.below(90),
        route: '/pay',
        leaseSeconds: 600,
      }
      const outcome = await crew.carryOut((job) => ({ kind: 'apply', job, key, request, approve: false }), false)
      if (outcome.kind === 'ended' && outcome.status === 'done') await putBack(crew, { key, id: outcome.id })
      // What is refused at once is not asked for at once again.
      else await sleep(100)
    }
  }
  const all = Promise.all(Array.from({ length: lanes }, (_, lane) => each(lane)))
  return {
    async end() {
      going = false
      await all
    },
  }
}

async function putBack(crew: Crew, { key, id }: { key: string; id: string }): Promise<void> {
  await crew.carryOut((job) => ({ kind: 'revert', job, key, actionId: id, reason: 'lease' }), false)
}

async function stopAll(
  settings: { stopWrites(by: string, reason: string): Promise<void>; resumeWrites(): Promise<void> },
  targets: Targets,
): Promise<{ stopMs: number; changesBefore: number }> {
  const changes = (from: number, to: number) =>
    targets.truth.filter(({ at, changed }) => changed && at > from && at <= to)
  let stopMs = 0
  let changesBefore = 0
  for (let count = 0; count < stops; count += 1) {
    await underLoad(targets)
    const from = Date.now()
    await settings.stopWrites('user:ana', 'bench')
    await sleep(stillMs)
    changesBefore += changes(from - 1000, from).length
    stopMs = Math.max(stopMs, ...changes(from, Date.now()).map(({ at }) => at - from))
    await settings.resumeWrites()
  }
  return { stopMs, changesBefore }
}

/** Until changes reach targets again: jobs that met the stop wait some seconds before their next try. */
async function underLoad({ truth }: Targets): Promise<void> {
  const until = performance.now() + 20_000
  const before = truth.length
  while (truth.length < before + lanes && performance.now() < until) await sleep(50)
}
