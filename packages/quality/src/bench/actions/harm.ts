/** How long harm lasts: from the sample that is out of its bound until the target is as it was, with the whole product between. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerAction } from '@tenon/actions'
import * as z from 'zod'
import { percentile } from '../percentile.ts'
import { createChance, type Chance } from './chance.ts'
import { bound, measureOf, openHarmWorld, runbookName, testRunbook, type HarmWorld } from './harm-world.ts'
import { hostsOf, laneName } from './targets.ts'

/**
 * How the product learns of it: a sample in the metrics store as any scrape leaves it; one that the store shows at once, so that what is measured is the
 * breaker and not the store; one that is pushed by REST. In `test-shown` and `test-pushed` the action has no bound, and a breaker without an action
 * that watches a load test puts it back.
 */
type Way = 'stored' | 'shown' | 'pushed' | 'test-shown' | 'test-pushed'

export interface HarmCase {
  way: Way
  /** From the sample to the last change of the target, after which it was as before. */
  targetSeconds: number
  /** From the sample to the ledger's word that it was read back. */
  ledgerSeconds: number
}

const lanes = 8
const rounds = 3
const ways: readonly Way[] = ['stored', 'shown', 'pushed', 'test-shown', 'test-pushed']
/** A rate is over some seconds; only what was measured wholly after the change is harm of it. */
const settledMs = 7_000
const patienceMs = 180_000

/** @throws when a breach was not put back in three minutes, or put back to something else. */
export async function measureHarm(of: { seed: number; say: (line: string) => void }): Promise<HarmCase[]> {
  const world = await openHarmWorld({ lanes, ...of })
  try {
    let done = 0
    const each = async (lane: number): Promise<HarmCase[]> => {
      const chance = createChance(of.seed + 50 + lane)
      const cases: HarmCase[] = []
      for (let round = 0; round < rounds; round += 1)
        for (const way of ways) {
          cases.push(await breakOne(world, { lane, way, chance }))
          of.say(`${(done += 1)} of ${lanes * rounds * ways.length} breaches are put back`)
        }
      return cases
    }
    return (await Promise.all(Array.from({ length: lanes }, (_, lane) => each(lane)))).flat()
  } finally {
    await world.close()
  }
}

/** The slowest of these, in seconds, and how it is said. */
export function sumUp(cases: readonly HarmCase[], of: { way: Way; time: 'targetSeconds' | 'ledgerSeconds' }) {
  const seconds = cases.filter(({ way }) => way === of.way).map((one) => one[of.time])
  const slowest = percentile(seconds, 1)
  const text = `${seconds.length} cases, median ${percentile(seconds, 0.5)?.toFixed(2)} s, slowest ${slowest?.toFixed(2)} s`
  return { slowest, text }
}

async function breakOne(world: HarmWorld, of: { lane: number; way: Way; chance: Chance }): Promise<HarmCase> {
  const { lane, way, chance } = of
  await world.measures.set(lane, bound.well)
  const isTest = way === 'test-shown' || way === 'test-pushed'
  const action = await switchLane(world, lane, isTest ? testRunbook : runbookName)
  const samples = isTest
    ? `/api/v1/breakers/${await startBreaker(world, { lane, action, way })}/samples`
    : `/api/v1/actions/${action.id}/samples`
  await sleep(settledMs + chance.below(1000))
  const before = await world.db.actions.get(action.id)
  if (before?.status !== 'done') throw new Error(`${action.title} was ${before?.status} before its measure broke.`)
  const from = Date.now()
  if (way === 'pushed' || way === 'test-pushed')
    await expectOk(world, samples, { measure: measureOf(lane), value: bound.broken })
  else await world.measures.set(lane, bound.broken, { atOnce: way !== 'stored' })
  const after = await settled(world, action.id, 'reverted')
  if (after?.status !== 'reverted') throw new Error(`${action.title} broke its bound and is ${after?.status}.`)
  const changes = world.targets.truth.filter(
    ({ target, at, changed }) => changed && target === laneName(lane) && at >= from,
  )
  const last = changes.at(-1)?.at
  if (last === undefined || after.endedAt === null || !(await isAsBefore(world, lane)))
    throw new Error(`The ledger says that ${action.title} was put back, and the target says that it was not.`)
  return { way, targetSeconds: (last - from) / 1000, ledgerSeconds: (after.endedAt - from) / 1000 }
}

const started = z.object({ id: z.string() })

/** @returns its id. */
async function startBreaker(
  world: HarmWorld,
  { lane, action, way }: { lane: number; action: LedgerAction; way: Way },
): Promise<string> {
  const body = {
    name: `Load test of ${laneName(lane)}`,
    bounds: [{ measure: measureOf(lane), minimum: bound.minimum, source: way === 'test-pushed' ? 'pushed' : 'model' }],
    onBreach: { kind: 'revert', scope: `target:${action.target}` },
    minutes: 10,
  }
  return started.parse(await expectOk(world, '/api/v1/breakers', body)).id
}

const triesToSwitch = 5

/** On a busy machine a run may fail before it has changed anything; that is not what is measured here. */
async function switchLane(world: HarmWorld, lane: number, runbook: string): Promise<LedgerAction> {
  const measure = runbook === runbookName ? { measure: measureOf(lane) } : {}
  const body = { params: { entity: laneName(lane), ...measure } }
  let failure = ''
  for (let tries = 0; tries < triesToSwitch; tries += 1) {
    const { id: runId } = started.parse(await expectOk(world, `/api/v1/runbooks/${runbook}/runs`, body))
    const actionId = await actionOfRun(world, runId)
    const action = actionId === null ? null : await settled(world, actionId, 'done')
    if (action?.status === 'done') return action
    const [step] = await world.db.runs.steps(runId)
    failure = `Run ${runId} switched nothing: ${action?.status ?? 'no action'}, ${step?.error?.message ?? 'no error'}`
  }
  throw new Error(failure)
}

/** @returns null when the run ended without one. */
async function actionOfRun({ db }: HarmWorld, runId: string): Promise<string | null> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const run = await db.runs.summary(runId)
    const [action] = await db.actions.list({ state: 'all', runId, limit: 1 })
    if (action) return action.id
    if (run && run.endedAt !== null) return null
    await sleep(100)
  }
  return null
}

/** The action once it is in this status, or in one that it never leaves, or when the patience is over. */
async function settled({ db }: HarmWorld, id: string, wanted: LedgerAction['status']): Promise<LedgerAction | null> {
  const until = Date.now() + patienceMs
  for (;;) {
    const action = await db.actions.get(id)
    if (action?.status === wanted || action?.endedAt !== null || Date.now() > until) return action
    await sleep(100)
  }
}

/** @throws with what the server said when it is no success. */
async function expectOk({ client }: HarmWorld, path: string, body: unknown): Promise<unknown> {
  const answer = await client.call('POST', path, body)
  if (answer.status >= 200 && answer.status < 300) return answer.body
  throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 800)}`)
}

const backend = z.object({ servers: z.array(z.object({ name: z.string(), weight: z.number() })) })

async function isAsBefore({ gateway }: HarmWorld, lane: number): Promise<boolean> {
  const answer = await fetch(`${gateway}/backends/${laneName(lane)}`)
  const { servers } = backend.parse(await answer.json())
  return servers.length === hostsOf(lane).length && servers.every(({ weight }) => weight === 100)
}
