/** The worker's composition root: reads the environment, connects, and runs until it is told to stop. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker'
import { createBreakers, createStandingBreakers, type Breakers } from '@tenon/actions'
import { findNode } from '@tenon/activities'
import {
  analysisSource,
  createAnalysisRecorder,
  createLiveData,
  createRemoteWrite,
  DataError,
  type LiveData,
} from '@tenon/data'
import { breakersTopic, openDatabase, type Database } from '@tenon/db'
import { payloadCodecsFromEnvironment } from '@tenon/db/payload-codec'
import { createActionDeps, processClock } from './action-deps.ts'
import { createActivities } from './activities.ts'
import { createBacktestStore } from './backtest-store.ts'
import { createBacktestActivities } from './backtests.ts'
import { noticeBroken } from './notice-broken.ts'
import { buildBundle, bundlePath } from './bundle.ts'
import { createCarryOut, noticeTripped } from './carry-out.ts'
import { readEnvironment, type Environment } from './environment.ts'
import { holdActions } from './hold-actions.ts'
import { createLeases } from './leases.ts'
import { createContextFactory } from './node-context.ts'
import { reconcile, type ReconcileDeps } from './reconcile.ts'
import { createReadMeasure } from './read-measure.ts'
import { createRecordVerdicts } from './record-verdicts.ts'
import { createPager, type Pager } from './page-people.ts'
import { createReverts } from './reverts.ts'
import { createRunStarter } from './run-starter.ts'
import { createRunStore } from './run-store.ts'
import { keepRounds, type Rounds } from './rounds.ts'
import { createVersionedWorkers, type VersionedWorkers } from './versioned-workers.ts'
import { createReadNewest, createWatchHarm } from './watch-harm.ts'
import { workerOptions } from './worker-options.ts'

const reconcileMilliseconds = 15_000
const holdMilliseconds = 5_000
/** Half of what is promised: a measure is read once a second at least, however long a round takes. */
const breakerMilliseconds = 500
const pagerMilliseconds = 2_000
const modelAgainMilliseconds = 2_000
const shutdownSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const environment = readEnvironment(process.env)
const logLevels = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const
const logger = new DefaultLogger(logLevels[environment.LOG_LEVEL])
// Signals are handled here: the SDK's own handlers would end the process before the database is closed.
Runtime.install({ logger, shutdownSignals: [] })
await runWorker(environment)

async function runWorker(env: Environment): Promise<void> {
  const db = openDatabase(env.DATABASE_URL)
  const liveData = createLiveData({
    store: db.modelFiles,
    folder: env.TENON_MODEL_DIR ?? null,
    sources: (name) => db.connections.address(name),
    own: { analysis: analysisSource(db.analysis) },
    onNotice: (notice) => logger.warn(notice),
  })
  // Nothing is begun without a model; what changes later is used as it comes.
  await firstModel(liveData)
  followModel(db, liveData)
  const data = () => liveData.current()
  const target = env.TENON_ANALYSIS_TO
  const remote =
    target === undefined
      ? null
      : createRemoteWrite({
          address: () => db.connections.address(target),
          onProblem: (problem) => logger.warn(problem),
        })
  const recorder = createAnalysisRecorder({ store: db.analysis, remote })
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS })
  const native = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS })
  const dataConverter = { payloadCodecs: payloadCodecsFromEnvironment(process.env) }
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE, dataConverter })
  const starter = createRunStarter({ client, taskQueue: env.TENON_TASK_QUEUE, db })
  const leases = createLeases(client, env.TENON_TASK_QUEUE)
  const graceSeconds = env.TENON_HARM_GRACE_SECONDS
  const readNewest = createReadNewest({ data, graceSeconds, clock: processClock })
  const actions = createActionDeps({
    readMeasure: createReadMeasure({ data, graceSeconds, clock: processClock }),
    watchHarm: createWatchHarm(readNewest, { clock: processClock, graceSeconds }),
    db,
    model: async () => (await data()).model,
    leases,
    ...(env.TENON_STOP_FILE === undefined ? {} : { stopFile: env.TENON_STOP_FILE }),
  })
  const publicUrl = env.TENON_PUBLIC_URL?.replace(/\/+$/, '') ?? null
  const contextFor = createContextFactory({ db, data, actions, leases, publicUrl })
  const options: WorkerOptions = {
    ...workerOptions({ connection: native, namespace: env.TEMPORAL_NAMESPACE, taskQueue: env.TENON_TASK_QUEUE }),
    dataConverter,
    activities: {
      ...createActivities({
        registry: { find: findNode },
        contextFor,
        runs: createRunStore(db, createRecordVerdicts(db, recorder)),
        others: starter,
        reverts: createReverts(actions, leases),
      }),
      ...createBacktestActivities({
        store: createBacktestStore(db),
        registry: { find: findNode },
        contextFor,
      }),
    },
  }
  const worker = await startable(options, { env, client, code: await workflowCode() })

  const stop = (): void => worker.shutdown()
  for (const signal of shutdownSignals) process.on(signal, stop)
  if (env.TENON_PARENT) endWith(env.TENON_PARENT, stop)
  const health = env.TENON_WORKER_PORT ? listenForHealth(env.TENON_WORKER_PORT, worker) : null
  const onError = (what: string, error: unknown): void =>
    logger.warn(`Could not repair ${what} yet`, { error: String(error) })
  const breakers = createBreakers({
    actions,
    read: readNewest,
    leases,
    graceSeconds,
    notify: (action, broken) => noticeBroken(action, broken, db),
    onError,
  })
  const standing = createStandingBreakers({
    store: db.breakers,
    read: readNewest,
    carryOut: createCarryOut({ db, actions, leases, starter, onError }),
    notify: (breaker, outcome) => noticeTripped(breaker, outcome, db),
    onError,
  })
  const breakerLock = db.sessionLock('breakers')
  const standingLock = db.sessionLock('standing-breakers')
  const pagerLock = db.sessionLock('paging')
  const breakerRounds = [
    keepBreakers(breakers, { lock: breakerLock, onError }),
    keepBreakers(standing, { lock: standingLock, onError }),
  ]
  followBreakers(db, breakerRounds)
  const rounds = [
    ...breakerRounds,
    keepReconciling({ db, client, starter, actions, leases, onError }),
    keepHolding({ actions, onError }),
    keepPaging(createPager({ db, publicUrl }), { lock: pagerLock, onError }),
  ]
  try {
    await worker.run()
  } finally {
    health?.close()
    await Promise.all(rounds.map((each) => each.stop()))
    await Promise.all([breakers.settled(), standing.settled()])
    await Promise.all([breakerLock, standingLock, pagerLock].map((lock) => lock.close()))
    remote?.stop()
    await liveData.close()
    await db.close()
    await native.close()
    await connection.close()
  }
}

/** A database that is away is waited for. @throws DataError when there is no model that can be used: then a person has to correct it */
async function firstModel(liveData: LiveData): Promise<void> {
  for (;;) {
    try {
      await liveData.current()
      return
    } catch (error) {
      if (error instanceof DataError) throw error
      logger.warn('The model could not be read yet', { error: String(error) })
      await sleep(modelAgainMilliseconds)
    }
  }
}

/** Any process may change the model; it is read anew when that is told, without a restart. */
function followModel(db: Database, liveData: LiveData): void {
  const reload = (): void =>
    void liveData
      .reload()
      .catch((error: unknown) => logger.warn('The model could not be read anew', { error: String(error) }))
  db.listen(({ topic }) => {
    if (topic === 'model') reload()
  }, reload)
}

/** Built ahead by `npm start`; built now where nobody did. */
async function workflowCode(): Promise<string> {
  return (await readFile(bundlePath, 'utf8').catch(() => null)) ?? buildBundle(logger)
}

async function startable(
  worker: WorkerOptions,
  { env, client, code }: { env: Environment; client: Client; code: string },
): Promise<VersionedWorkers> {
  if (env.TENON_WORKER_VERSIONING === 'on')
    return createVersionedWorkers({ worker, code, directory: env.TENON_BUILDS_DIR, client, logger })
  const one = await Worker.create({ ...worker, workflowBundle: { code } })
  return {
    isReady: () => one.getState() === 'RUNNING',
    state: () => one.getState(),
    run: () => one.run(),
    shutdown() {
      if (one.getState() === 'RUNNING') one.shutdown()
    },
  }
}

/** The first round at once: whatever the last worker left is settled before anything else is asked of this one. */
function keepReconciling(deps: ReconcileDeps): Rounds {
  const round = async (): Promise<void> => {
    const { runsBegun, runsRepaired, actionsSettled } = await reconcile(deps)
    if (runsBegun.length + runsRepaired.length + actionsSettled.length > 0)
      logger.info('Repaired', { runsBegun, runsRepaired, actionsSettled })
  }
  return keepRounds(round, {
    milliseconds: reconcileMilliseconds,
    onError: (error) => deps.onError('this round', error),
  })
}

function keepHolding(deps: Parameters<typeof holdActions>[0]): Rounds {
  const round = async (signal: AbortSignal): Promise<void> => {
    const again = await holdActions(deps, signal)
    if (again.length > 0) logger.warn('Set again what a restart of its target forgot', { actions: again })
  }
  return keepRounds(round, { milliseconds: holdMilliseconds, onError: (error) => deps.onError('this round', error) })
}

/** What is pushed is acted on without waiting for the next round. */
function followBreakers(db: Database, rounds: readonly Rounds[]): void {
  const soon = (): void => rounds.forEach((one) => one.soon())
  db.listen(({ topic, id }) => {
    if (topic === 'action' && id === breakersTopic.id) soon()
  }, soon)
}

/** One worker watches; the others ask again and again whether it still does. */
function keepBreakers(
  breakers: Breakers,
  { lock, onError }: { lock: ReturnType<Database['sessionLock']>; onError: ReconcileDeps['onError'] },
): Rounds {
  const round = async (signal: AbortSignal): Promise<void> => {
    if (!(await lock.take())) return
    const broken = await breakers.round(signal)
    if (broken.length > 0) logger.warn('A measure broke its bound', { ids: broken })
  }
  return keepRounds(round, { milliseconds: breakerMilliseconds, onError: (error) => onError('the breakers', error) })
}

/** One worker posts; the others ask whether it still does. */
function keepPaging(
  pager: Pager,
  { lock, onError }: { lock: ReturnType<Database['sessionLock']>; onError: ReconcileDeps['onError'] },
): Rounds {
  const round = async (signal: AbortSignal): Promise<void> => {
    if (!(await lock.take())) return
    const taken = await pager.round(signal)
    if (taken.length > 0) logger.info('Posted critical notices', { titles: taken })
  }
  return keepRounds(round, { milliseconds: pagerMilliseconds, onError: (error) => onError('critical notices', error) })
}

function listenForHealth(port: number, worker: VersionedWorkers): { close(): void } {
  const server = createServer((request, response) => {
    const ready = request.url === '/healthz' && worker.isReady()
    response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ state: worker.state() }))
  })
  server.listen(port, '127.0.0.1')
  return server
}

/** A parent that was killed cannot tell its children; they look for themselves. */
function endWith(parent: number, stop: () => void): void {
  setInterval(() => {
    try {
      process.kill(parent, 0)
    } catch {
      stop()
    }
  }, 1_000).unref()
}
