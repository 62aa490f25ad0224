/** What a breaker without an action does when it trips, over a real PostgreSQL, a real edge and a real receiver; Temporal is away. */
import {
  applyAction,
  createStandingBreakers,
  newBreaker,
  type ActionDeps,
  type HarmSample,
  type OnBreach,
} from '@tenon/actions'
import { modelFile } from '@tenon/data'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import * as z from 'zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGatedEdge, type GatedEdge } from '../test/gated-edge.ts'
import { createActionDeps } from './action-deps.ts'
import { createCarryOut, noticeTripped } from './carry-out.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [{ id: 'payment', kind: 'service', edge: { connection: 'shop-edge', backend: 'payment' } }],
  tables: {
    payment: {
      entity: 'payment',
      source: 'metrics',
      measures: { 'success-rate': { title: 'Success', kind: 'gauge', unit: '1', bad: 'down', select: 'success' } },
    },
  },
})

let database: TestDatabase
let db: Database
let edge: GatedEdge
let receiver: Server
let actions: ActionDeps
let refuses = false
const received: { key: string; body: unknown }[] = []
const cancelled: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  edge = await startGatedEdge()
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => (text += String(chunk)))
    request.on('end', () => {
      if (!refuses) received.push({ key: String(request.headers['idempotency-key']), body: JSON.parse(text) })
      response.writeHead(refuses ? 503 : 204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = z.object({ port: z.number() }).parse(receiver.address())
  await db.connections.save({ name: 'shop-edge', kind: 'http-edge', url: edge.address })
  await db.connections.save({ name: 'generator', kind: 'webhook', url: `http://127.0.0.1:${port}/stop` })
  actions = createActionDeps({ db, model: async () => model, leases: { start: async () => {} } })
})
afterAll(async () => {
  receiver?.close()
  await edge?.close()
  await db?.close()
  await database?.drop()
})

/** One worker's rounds: it forgets everything with the next call, as a worker that was restarted does. */
async function round(value: number): Promise<void> {
  const breakers = createStandingBreakers({
    store: db.breakers,
    read: async ({ measure, where }): Promise<HarmSample> => ({ measure, where, at: Date.now() + 1000, value }),
    carryOut: createCarryOut({
      db,
      actions,
      leases: { revertNow: () => Promise.reject(new Error('Temporal is away')) },
      starter: { cancelRun: async ({ runId }) => void cancelled.push(runId) },
      onError: () => undefined,
    }),
    notify: (breaker, outcome) => noticeTripped(breaker, outcome, db),
    onError: () => undefined,
  })
  await breakers.round(new AbortController().signal)
  await breakers.settled()
}

async function started(onBreach: OnBreach): Promise<string> {
  const wanted = newBreaker.parse({
    name: `Load test: ${onBreach.kind}`,
    bounds: [{ measure: 'payment.success-rate', minimum: 0.98 }],
    onBreach,
    minutes: 30,
  })
  return (await db.breakers.start(wanted, { by: 'ann', actor: 'user:ann' })).id
}

test('actions of the scope are put back at the edge, and people are told', async () => {
  const action = await applyAction(
    {
      key: 'limit/1',
      runId: null,
      stepId: null,
      runbook: null,
      requestedBy: 'user:ann',
      approvedHash: null,
      approvedBy: null,
      asOf: null,
      request: { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 5000, leaseSeconds: 600 },
    },
    actions,
  )
  expect(action.status).toBe('done')
  const id = await started({ kind: 'revert', scope: 'target:shop-edge/payment' })
  await round(0.99)
  expect(await db.breakers.get(id)).toMatchObject({ state: 'watching' })
  const before = edge.changes.length
  await round(0.5)
  expect(await db.actions.get(action.id)).toMatchObject({ status: 'reverted' })
  expect(edge.changes).toHaveLength(before + 1)
  expect(await db.breakers.get(id)).toMatchObject({
    state: 'tripped',
    detail: 'payment.success-rate is 0.5, below 0.98',
    result: `Put back: ${action.title}.`,
  })
  expect((await db.inbox.list()).map(({ title }) => title)).toContain('Breaker tripped: Load test: revert')
})

test('writes of the scope are stopped, on record first', async () => {
  const id = await started({ kind: 'stop-writes', scope: 'runbook:load-test' })
  await round(0.5)
  expect(await db.settings.writeStops()).toMatchObject([{ scope: 'runbook:load-test', by: 'system' }])
  const kinds = (await db.audit.list()).map(({ action }) => action)
  expect(kinds.indexOf('breakers.settle')).toBeLessThan(kinds.indexOf('writes.stop'))
  expect(kinds.indexOf('writes.stop')).toBeLessThan(kinds.indexOf('breakers.trip'))
  expect((await db.breakers.get(id)).result).toMatch(/^Writes are stopped: runbook:load-test/)
  await db.settings.resumeWrites('runbook:load-test')
})

test('a run is told to cancel', async () => {
  await started({ kind: 'cancel-run', runId: 'r-1' })
  await round(0.5)
  expect(cancelled).toEqual(['r-1'])
})

test('a receiver that is away gets it from the next worker, as the same message', async () => {
  const id = await started({ kind: 'webhook', connection: 'generator' })
  refuses = true
  await round(0.5)
  expect(await db.breakers.get(id)).toMatchObject({ state: 'tripped', result: null })
  refuses = false
  await round(0.99)
  expect(received).toMatchObject([{ key: `breaker/${id}`, body: { breaker: id, state: 'tripped' } }])
  expect(await db.breakers.get(id)).toMatchObject({ result: 'The webhook generator answered 204.' })
})
