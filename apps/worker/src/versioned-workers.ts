/**
 * Workers by build: a run stays on the workflow code that it began with. The newest build takes all new runs; builds before it are served as long as runs of
 * theirs go on. Why it is so: docs/decisions/10-worker-versioning.md.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '@temporalio/client'
import { Worker, type Logger, type WorkerOptions } from '@temporalio/worker'

export interface VersionedWorkers {
  /** Whether new runs are taken. */
  isReady(): boolean
  state(): string
  /** Resolves when all of them have ended. */
  run(): Promise<void>
  shutdown(): void
}

export interface VersionedOptions {
  /** All but the code. */
  worker: WorkerOptions
  /** The bundle of this build. */
  code: string
  /** Where bundles are kept, one file a build. */
  directory: string
  client: Client
  logger: Logger
}

/** Builds that are kept though no run needs them: one may be gone back to. */
const keptBuilds = 5
const lookAgainMilliseconds = 10_000
const becomeCurrentMilliseconds = 30_000

/** @example buildIdOf(code) // '3f9a0c11d2e4' */
export const buildIdOf = (code: string): string => createHash('sha256').update(code).digest('hex').slice(0, 12)

export async function createVersionedWorkers(options: VersionedOptions): Promise<VersionedWorkers> {
  const { worker, code, directory, client, logger } = options
  const taskQueue = worker.taskQueue ?? 'tenon'
  const namespace = worker.namespace ?? 'default'
  // A deployment is known in the whole namespace, and several products may share that.
  const deployment = taskQueue
  const buildId = buildIdOf(code)
  await keepBundle(directory, buildId, code)
  const newest = await build(buildId, code)
  const older = new Map<string, { worker: Worker; ended: Promise<void> }>()
  let ready = false
  let stopping = false

  function build(id: string, bundle: string): Promise<Worker> {
    return Worker.create({
      ...worker,
      workflowBundle: { code: bundle },
      workerDeploymentOptions: {
        useWorkerVersioning: true,
        version: { deploymentName: deployment, buildId: id },
        defaultVersioningBehavior: 'PINNED',
      },
    })
  }

  /** New runs come to this build from now on. The server must have seen its worker first. */
  async function becomeCurrent(): Promise<void> {
    const until = Date.now() + becomeCurrentMilliseconds
    while (!stopping) {
      try {
        await client.workflowService.setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName: deployment,
          buildId,
          identity: `worker ${buildId}`,
        })
        ready = true
        return
      } catch (error) {
        if (Date.now() > until) logger.warn('This build cannot take new runs yet', { buildId, error: String(error) })
        await pause(100)
      }
    }
  }

  /** Serves the builds before this one that have runs going on, and lets go of those that have none any more. */
  async function serveOlder(): Promise<void> {
    const open = await openBuilds()
    await dropOldBundles(directory, new Set([buildId, ...open.keys()]))
    for (const [id, { worker: one }] of older) {
      if (!open.has(id) && one.getState() === 'RUNNING') one.shutdown()
    }
    for (const [id, runs] of open) {
      if (older.has(id) || stopping) continue
      const bundle = await readFile(bundleFile(directory, id), 'utf8').catch(() => null)
      if (bundle === null) {
        logger.warn('Runs wait for a build that is not here', { buildId: id, runs, directory })
        continue
      }
      logger.info('Serves runs of an older build', { buildId: id, runs })
      const one = await build(id, bundle)
      const ended = one.run().finally(() => older.delete(id))
      older.set(id, { worker: one, ended })
    }
  }

  async function openBuilds(): Promise<Map<string, number>> {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName: deployment,
    })
    const open = new Map<string, number>()
    for (const { deploymentVersion } of workerDeploymentInfo?.versionSummaries ?? []) {
      const id = deploymentVersion?.buildId
      if (!id || id === buildId) continue
      const { count } = await client.workflow.count(
        `TemporalWorkerDeploymentVersion = '${deployment}:${id}' AND ExecutionStatus = 'Running'`,
      )
      if (count > 0) open.set(id, count)
    }
    return open
  }

  async function keepServing(): Promise<void> {
    await becomeCurrent()
    while (!stopping) {
      await serveOlder().catch((error: unknown) =>
        logger.warn('Could not look for runs of older builds', { error: String(error) }),
      )
      await pause(lookAgainMilliseconds)
    }
  }

  let wake = (): void => undefined
  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, stopping ? 0 : milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function shutdown(): void {
    stopping = true
    wake()
    for (const one of [newest, ...[...older.values()].map(({ worker: two }) => two)]) {
      if (one.getState() === 'RUNNING') one.shutdown()
    }
  }

  return {
    isReady: () => ready && newest.getState() === 'RUNNING',
    state: () => newest.getState(),
    shutdown,
    async run() {
      const serving = keepServing()
      try {
        await newest.run()
      } finally {
        shutdown()
        await serving
        await Promise.all([...older.values()].map(({ ended }) => ended))
      }
    },
  }
}

const bundleFile = (directory: string, buildId: string): string => path.join(directory, `${buildId}.js`)

/** At once whole, as a worker that starts meanwhile may read it. Old ones go, the newest stay. */
async function keepBundle(directory: string, buildId: string, code: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const file = bundleFile(directory, buildId)
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, file)
}

/** Removes bundles of builds that no run needs. @param needed build ids that stay whatever their age. */
async function dropOldBundles(directory: string, needed: ReadonlySet<string>): Promise<void> {
  const found = (await readdir(directory)).filter((name) => name.endsWith('.js'))
  const aged = await Promise.all(
    found.map(async (name) => ({ name, at: (await stat(path.join(directory, name))).mtimeMs })),
  )
  const old = aged
    .toSorted((a, b) => b.at - a.at)
    .slice(keptBuilds)
    .filter(({ name }) => !needed.has(name.slice(0, -'.js'.length)))
  await Promise.all(old.map(({ name }) => rm(path.join(directory, name))))
}
