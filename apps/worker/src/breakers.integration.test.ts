/** Breakers over a real PostgreSQL, a real edge and the worker's own composition; Temporal is away, so the revert goes the direct way. */
import {
  applyAction,
  createBreakers,
  type Breakers,
  defaultActionPolicy,
  type ActionDeps,
  type ApplyInput,
  type HarmBound,
  type HarmSample,
} from '@tenon/actions'
import { modelFile } from '@tenon/data'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGatedEdge, type GatedEdge } from '../test/gated-edge.ts'
import { createActionDeps } from './action-deps.ts'
import { noticeBroken } from './notice-broken.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'payment', kind: 'service', edge: { connection: 'shop-edge', backend: 'payment' } }],
})
const harm: HarmBound[] = [{ measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null }]

let database: TestDatabase
let db: Database
let edge: GatedEdge
let actions: ActionDeps
let value = 0.99

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  edge = await startGatedEdge()
  await db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: edge.address })
  const deps = createActionDeps({ db, model: async () => model, leases: { start: async () => {} } })
  // These tests change the same thing again and again.
  actions = { ...deps, policy: async () => ({ ...defaultActionPolicy, flap: { count: 100, seconds: 60 } }) }
})
afterAll(async () => {
  await edge?.close()
  await db?.close()
  await database?.drop()
})

const nobody = { revertNow: () => Promise.reject(new Error('Temporal is away')) }

const breakersOf = (): Breakers =>
  createBreakers({
    actions,
    graceSeconds: 60,
    read: async ({ measure, where }): Promise<HarmSample> => ({ measure, where, at: Date.now(), value }),
    leases: nobody,
    notify: (action, broken) => noticeBroken(action, broken, db),
    onError: () => undefined,
  })

let count = 0
async function limited() {
  value = 0.99
  const input: ApplyInput = {
    key: `limit/${(count += 1)}`,
    runId: null,
    stepId: null,
    runbook: null,
    requestedBy: 'user:ann',
    approvedHash: null,
    approvedBy: null,
    asOf: null,
    request: { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 5000 + count, leaseSeconds: 600, harm },
  }
  const action = await applyAction(input, actions)
  expect(action).toMatchObject({ status: 'done' })
  return action
}

const round = async (breakers: Breakers) => {
  const broken = await breakers.round(new AbortController().signal)
  await breakers.settled()
  return broken
}

test('a breach reaches the edge, the ledger and the inbox, though Temporal is away', async () => {
  const action = await limited()
  const breakers = breakersOf()
  expect(await round(breakers)).toEqual([])
  const before = edge.changes.length
  value = 0.5
  expect(await round(breakers)).toEqual([action.id])
  expect(await db.actions.get(action.id)).toMatchObject({ status: 'reverted' })
  expect(edge.changes).toHaveLength(before + 1)
  const kinds = (await db.actions.events(action.id)).map(({ kind }) => kind)
  expect(kinds.indexOf('harm')).toBeGreaterThan(0)
  expect(kinds.indexOf('harm')).toBeLessThan(kinds.indexOf('revert'))
  expect((await db.inbox.list()).map(({ title }) => title)).toContain(`Broke a bound: ${action.title}`)
})

test('two that watch at once put it back once', async () => {
  const action = await limited()
  const before = edge.changes.length
  value = 0.5
  await Promise.all([round(breakersOf()), round(breakersOf())])
  await expect.poll(async () => (await db.actions.get(action.id))?.status, { timeout: 20_000 }).toBe('reverted')
  expect(edge.changes).toHaveLength(before + 1)
})

test('a breach that another process put on record is enough', async () => {
  const action = await limited()
  const detail = { verdict: 'harm', detail: 'payment.success-rate is 0.5, below 0.98' }
  await db.actions.record(action.id, { kind: 'harm', actor: 'token:load-test', detail })
  expect(await round(breakersOf())).toEqual([action.id])
  expect(await db.actions.get(action.id)).toMatchObject({ status: 'reverted' })
})

test('a stop of writes holds for breakers: a person is told once, and nothing is sent', async () => {
  const action = await limited()
  const before = edge.changes.length
  await db.settings.stopWrites('user:ann', 'storm')
  value = 0.5
  const breakers = breakersOf()
  await round(breakers)
  await round(breakers)
  expect(await db.actions.get(action.id)).toMatchObject({ status: 'done' })
  expect(edge.changes).toHaveLength(before)
  const told = (await db.inbox.list()).filter(({ title }) => title === `Does harm and stays: ${action.title}`)
  expect(told).toHaveLength(1)
  await db.settings.resumeWrites()
  await round(breakers)
  expect(await db.actions.get(action.id)).toMatchObject({ status: 'reverted' })
})
