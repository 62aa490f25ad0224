import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection } from '@temporalio/worker'
import { runStart, updateNames, workflowNames, type RunState } from '@tenon/runbook'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../test/engine.ts'
import { plan, runOf } from '../test/plans.ts'
import { buildBundle } from './bundle.ts'
import { buildIdOf, createVersionedWorkers, type VersionedWorkers } from './versioned-workers.ts'
import { workerOptions } from './worker-options.ts'

const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? ''
const taskQueue = `builds-${randomUUID()}`
const running: { workers: VersionedWorkers; ended: Promise<void> }[] = []
let connection: Connection
let native: NativeConnection
let client: Client
let directory: string
let bundle: string

beforeAll(async () => {
  bundle = await buildBundle(new DefaultLogger('WARN'))
  directory = await mkdtemp(path.join(tmpdir(), 'tenon-builds-'))
  connection = await Connection.connect({ address })
  native = await NativeConnection.connect({ address })
  client = new Client({ connection })
}, 60_000)
afterAll(async () => {
  for (const { workers, ended } of running) {
    workers.shutdown()
    await ended
  }
  await native.close()
  await connection.close()
  await rm(directory, { recursive: true })
}, 60_000)

/** A worker process' part: serves `code` as the newest build. */
async function serve(code: string): Promise<{ workers: VersionedWorkers; ended: Promise<void> }> {
  const workers = await createVersionedWorkers({
    worker: {
      ...workerOptions({ connection: native, namespace: 'default', taskQueue }),
      activities: { project: async () => undefined },
    },
    code,
    directory,
    client,
    logger: new DefaultLogger('ERROR'),
  })
  const one = { workers, ended: workers.run() }
  running.push(one)
  await eventually(() => workers.isReady())
  return one
}

const long = plan([{ id: 'pause', type: 'steer.wait', effect: 'wait', input: { for: '1h' } }], [])
const start = async () => {
  const run = runOf(long)
  const handle = await client.workflow.start(workflowNames.runRunbook, {
    taskQueue,
    workflowId: run.runId,
    args: [runStart(run)],
  })
  await eventually(async () => (await buildOf(run.runId)) !== undefined)
  return { runId: run.runId, handle }
}
const buildOf = async (runId: string): Promise<string | undefined> => {
  const { raw } = await client.workflow.getHandle(runId).describe()
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined
}
const end = (runId: string) =>
  client.workflow
    .getHandle(runId)
    .executeUpdate(updateNames.cancelRun, { args: [{ by: 'ana@example.com', reason: 'enough' }] })

test('a run stays on the build that it began with, over an upgrade and the end of the process that began it', async () => {
  // Not at its end: there is its source map, and what follows that is read as a part of it.
  const upgraded = `// the next release\n${bundle}`
  const first = await serve(bundle)
  const old = await start()
  expect(await buildOf(old.runId)).toBe(buildIdOf(bundle))
  first.workers.shutdown()
  await first.ended

  await serve(upgraded)
  expect((await readdir(directory)).toSorted()).toEqual(
    [bundle, upgraded].map((code) => `${buildIdOf(code)}.js`).toSorted(),
  )
  const young = await start()
  expect(await buildOf(young.runId)).toBe(buildIdOf(upgraded))
  await end(old.runId)
  expect(((await old.handle.result()) as RunState).status).toBe('cancelled')
  expect(await buildOf(old.runId)).toBe(buildIdOf(bundle))
  await end(young.runId)
  expect(((await young.handle.result()) as RunState).status).toBe('cancelled')
}, 120_000)
