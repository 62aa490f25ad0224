/**
 * The kill switch without the pages: `tenon` as its own process, and PostgreSQL or a file. First with a worker's own composition alone, for what each
 * stop is for; then with a whole worker whose Temporal server is ended.
 */
import { applyAction, type ActionDeps, type ApplyInput } from '@tenon/actions'
import { modelFile } from '@tenon/data'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { resumeWritesAt, stopWritesAt } from '@tenon/db/emergency-stop'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createActionDeps } from './action-deps.ts'
import { writeBundle } from './bundle.ts'
import { eventually } from '../test/engine.ts'
import { ownTemporal, type OwnTemporal } from '../test/own-temporal.ts'
import { plan } from '../test/plans.ts'
import type { WorkerProcess } from '../test/worker-process.ts'
import { openWorkerWorld, type WorkerWorld } from '../test/worker-world.ts'

const cli = path.resolve(import.meta.dirname, '../../../packages/cli/src/main.ts')
/** Nothing listens here: the pages are down. */
const nobody = 'http://127.0.0.1:1'

const model = modelFile.parse({ tenonModel: 1 })

let database: TestDatabase
let db: Database
let target: Server
let folder: string
let stopFile: string
let deps: ActionDeps
const posted: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  folder = await mkdtemp(path.join(tmpdir(), 'tenon-stop-'))
  stopFile = path.join(folder, 'stop')
  target = createServer((request, response) => {
    if (request.method === 'POST') posted.push(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(request.method === 'POST' ? JSON.stringify({ silenceID: `s-${posted.length}` }) : '[]')
  })
  await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve))
  const address = target.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  await db.connections.save({
    name: 'alertmanager',
    kind: 'alertmanager',
    url: `http://127.0.0.1:${address.port}`,
  })
  await db.settings.setAlertSuppression(true, 'test')
  deps = createActionDeps({
    db,
    model: async () => model,
    // An action that comes so far was not stopped, and ends here.
    leases: {
      start: async () => {
        throw new Error('came as far as its lease')
      },
    },
    stopFile,
  })
})
afterAll(async () => {
  target.close()
  await db.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

let count = 0
const input = (): ApplyInput => ({
  key: `run/${(count += 1)}`,
  runId: null,
  stepId: null,
  runbook: 'triage',
  requestedBy: 'system',
  approvedHash: null,
  approvedBy: null,
  asOf: Date.now(),
  request: {
    kind: 'silence',
    connection: 'alertmanager',
    alert: `a-${count}`,
    title: 'Noise',
    matchers: [
      { name: 'alertname', value: `Noise${count}` },
      { name: 'host', value: 'pay-a-1' },
    ],
    leaseSeconds: 600,
    until: Date.now() + 600_000,
    comment: 'test',
  },
})

const tenon = async (words: string[], env: Record<string, string>) =>
  promisify(execFile)(process.execPath, [cli, ...words, '-o', 'json'], {
    env: { TENON_URL: nobody, TENON_TOKEN: 'any', ...env },
  })

test('tenon stops and resumes straight in PostgreSQL when the pages do not answer', async () => {
  const env = { DATABASE_URL: database.url }
  const { stdout } = await tenon(['writes', 'stop', '--reason', 'storm'], env)
  expect(JSON.parse(stdout)).toMatchObject({ via: 'database', stops: [{ scope: 'all', reason: 'storm' }] })
  expect(await applyAction(input(), deps)).toMatchObject({ status: 'refused' })
  await tenon(['writes', 'resume'], env)
  // It would go on now, as far as the lease.
  await expect(applyAction(input(), deps)).rejects.toThrow('came as far as its lease')
})

/** How an action ends: `lease` when nothing stopped it before its lease. */
const end = () =>
  applyAction(input(), deps).then(
    ({ status }) => status,
    (error: unknown) =>
      error instanceof Error && error.message.includes('came as far as its lease') ? 'lease' : error,
  )

test.each([
  ['connection:alertmanager', 'refused'],
  ['kind:silence', 'refused'],
  ['runbook:triage', 'refused'],
  ['kind:scale', 'lease'],
  ['runbook:other', 'lease'],
])('with a stop of %s a silence of triage comes as far as: %s', async (scope, ended) => {
  await stopWritesAt(database.url, { scope, by: 'ann', reason: 'storm' })
  expect(await end()).toBe(ended)
  await resumeWritesAt(database.url, { scope, by: 'ann' })
})

test('the file stops too, without a database', async () => {
  const env = { TENON_STOP_FILE: stopFile }
  const { stdout } = await tenon(['writes', 'stop', '--reason', 'storm'], env)
  expect(JSON.parse(stdout)).toMatchObject({ via: 'file', stops: [{ scope: 'all', reason: 'storm' }] })
  expect(await applyAction(input(), deps)).toMatchObject({ status: 'refused' })
  await tenon(['writes', 'resume'], env)
  await expect(applyAction(input(), deps)).rejects.toThrow('came as far as its lease')
})

test('a switch that cannot be read is a stop', async () => {
  const gone = createActionDeps({
    db,
    model: async () => model,
    leases: { start: async () => {} },
    stopFile: path.join(folder, 'not-mounted', 'stop'),
  })
  expect(await applyAction(input(), gone)).toMatchObject({ status: 'refused' })
  const closed = openDatabase(database.url.replace(/:\d+\//, ':1/'))
  const unread: ActionDeps = {
    ...deps,
    writesStopped: async () => ((await closed.settings.writeStops()).length > 0 ? { by: '', at: 0, reason: '' } : null),
  }
  expect(await applyAction(input(), unread)).toMatchObject({ status: 'refused' })
  await closed.close()
})

test('no way that answers is an error that names them all', async () => {
  await expect(
    tenon(['writes', 'stop', '--reason', 'storm'], { DATABASE_URL: database.url.replace(/:\d+\//, ':1/') }),
  ).rejects.toMatchObject({
    stderr: expect.stringMatching(/No way to the kill switch answered[\s\S]*api:[\s\S]*database:/),
  })
})

test('in all of these before the target was sent nothing', () => {
  expect(count).toBeGreaterThan(8)
  expect(posted).toEqual([])
})

describe('a whole worker whose Temporal server is ended', () => {
  const switched = (input: Record<string, unknown>) =>
    plan(
      [
        {
          id: 'switch',
          type: 'act.traffic-switch',
          effect: 'write',
          outcomes: ['done', 'refused', 'not-done', 'unknown'],
          timeoutSeconds: 120,
          // The first attempt may end with an error of its own when Temporal is gone.
          retry: { attempts: 5 },
          input: { entity: 'payment', fromZone: 'A', toZone: 'B', ...input },
        },
      ],
      [],
      { onFailure: 'keep' },
    )
  const gone = { 'pay-a-1': 0, 'pay-a-2': 0, 'pay-a-3': 0 }
  const asFound = { 'pay-a-1': 100, 'pay-a-2': 100, 'pay-a-3': 100 }

  let temporal: OwnTemporal
  let world: WorkerWorld
  let worker: WorkerProcess

  beforeAll(async () => {
    await writeBundle()
    temporal = await ownTemporal()
    await temporal.start()
    world = await openWorkerWorld(temporal.address, { TENON_STOP_FILE: stopFile })
    worker = await world.startWorker()
  }, 300_000)
  afterAll(async () => {
    await world.close()
    await temporal.close()
  }, 60_000)

  const actionOf = async (runId: string) => (await world.db.actions.list({ state: 'all', runId }))[0]
  /** Polls until the action has an event of that kind whose detail says so. */
  const said = (actionId: string, kind: string, text: string) =>
    eventually(async () =>
      (await world.db.actions.events(actionId)).some(
        (event) => event.kind === kind && JSON.stringify(event.detail).includes(text),
      ),
    )

  test('what it would set again by itself does not reach the target while writes are stopped, and does afterwards', async () => {
    const { edge } = world
    const { runId, result } = await world.startRun(switched({ lease: '1h' }))
    expect((await result()).steps['switch']).toMatchObject({ result: { outcome: 'done' } })
    const action = await actionOf(runId)
    if (!action) throw new Error('no action')
    await temporal.end()

    // Without a stop it writes though Temporal is gone: the edge forgets, and is set again.
    const before = edge.changes.length
    await edge.restart()
    await eventually(() => edge.changes.length > before)
    expect(await edge.weights('payment')).toMatchObject(gone)

    await tenon(['writes', 'stop', '--reason', 'storm'], { DATABASE_URL: world.databaseUrl })
    const atStop = edge.changes.length
    await edge.restart()
    // It tried, and was refused.
    await said(action.id, 'drift', 'storm')
    expect(edge.changes).toHaveLength(atStop)
    expect(await edge.weights('payment')).toMatchObject(asFound)

    await tenon(['writes', 'resume'], { DATABASE_URL: world.databaseUrl })
    await eventually(() => edge.changes.length > atStop)
    expect(await edge.weights('payment')).toMatchObject(gone)
    expect(worker.isAlive(), worker.log()).toBe(true)
  }, 240_000)

  test('the next wave of a ramp does not reach the target, also when Temporal is back; when writes are resumed the next run does', async () => {
    await temporal.start()
    const { edge } = world
    const changes = () => edge.changes.filter(({ path }) => path.includes('trade-create')).length
    const ramp = { percents: [50], watchSeconds: 20 }
    const { runId } = await world.startRun(switched({ entity: 'trade-create', lease: '1h', ramp }))
    const action = await eventually(async () => {
      const found = await actionOf(runId)
      if (found?.status === 'refused' || found?.status === 'not-done') throw new Error(`It ended ${found.status}.`)
      return changes() > 0 && found
    })
    await temporal.end()
    await tenon(['writes', 'stop', '--reason', 'flood'], { TENON_STOP_FILE: stopFile })
    const atStop = changes()

    await temporal.start()
    // The next wave was tried, and refused.
    await said(action.id, 'refused', 'flood')
    await eventually(async () => (await actionOf(runId))?.status === 'done')
    expect(changes()).toBe(atStop)

    await tenon(['writes', 'resume'], { TENON_STOP_FILE: stopFile })
    const next = await world.startRun(switched({ entity: 'cashier-render', lease: '1h' }))
    expect((await next.result()).steps['switch']).toMatchObject({ result: { outcome: 'done' } })
    expect(changes()).toBe(atStop)
    expect(worker.isAlive(), worker.log()).toBe(true)
  }, 240_000)
})
