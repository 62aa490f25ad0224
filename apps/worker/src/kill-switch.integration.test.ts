/** The kill switch with neither the pages nor Temporal: only PostgreSQL, a worker's own composition, a target that keeps what it was sent, and `tenon`. */
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
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createActionDeps } from './action-deps.ts'

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
    // Temporal is down: a lease cannot be started, and an action that comes so far fails.
    leases: {
      start: async () => {
        throw new Error('Temporal is down')
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
  await expect(applyAction(input(), deps)).rejects.toThrow('Temporal is down')
})

/** How an action ends: `lease` when nothing stopped it before its lease, which needs Temporal. */
const end = () =>
  applyAction(input(), deps).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Error && error.message.includes('Temporal is down') ? 'lease' : error),
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
  await expect(applyAction(input(), deps)).rejects.toThrow('Temporal is down')
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

test('in all of these the target was sent nothing', () => {
  expect(count).toBeGreaterThan(8)
  expect(posted).toEqual([])
})
