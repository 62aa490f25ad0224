/** A worker with the real workflows on a real Temporal server, with nodes of the test's own. */
import { Client, Connection, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker'
import type { ApprovalRequest, Plan, RunContext, RunInput, RunProjection, RunStart, RunState } from '@tenon/runbook'
import { updateNames, workflowNames, type DecideApproval } from '@tenon/runbook'
import { StepFailure, type NodeDefinition } from '@tenon/activities'
import { randomUUID } from 'node:crypto'
import { createActivities, type ActivityDependencies } from '../src/activities.ts'
import { buildBundle } from '../src/bundle.ts'
import type { AwaitEventCall, ReceivedEvent } from '../src/engine-activities.ts'
import type { ContextFactory } from '../src/run-node.ts'
import { createRunStarter } from '../src/run-starter.ts'
import { workerOptions } from '../src/worker-options.ts'

export interface Engine {
  client: Client
  taskQueue: string
  code: string
  projections: RunProjection[]
  approvals: ApprovalRequest[]
  /** Plans that runs may refer to by hash. */
  plans: Map<string, Plan>
  /** Steps that wait for an event now. */
  waits: AwaitEventCall[]
  /** What came already when a step begins to wait. */
  events: ReceivedEvent[]
  /** Runs that were told that they wait. */
  queued: string[]
  start(run: RunInput, options?: Partial<RunStart>): ReturnType<Client['workflow']['start']>
  run(run: RunInput): Promise<RunState>
  decide(runId: string, decision: DecideApproval): Promise<void>
  /** Ends the worker, and replays all that ran on it: a run that goes on elsewhere after a crash must take the same steps. @throws DeterminismViolationError */
  stop(): Promise<void>
}

// Failing steps are part of these tests; only the SDK's own troubles are worth a line.
Runtime.install({ logger: new DefaultLogger((process.env['TEST_LOG'] ?? 'ERROR') as 'ERROR') })

let bundle: Promise<string> | undefined

export async function startEngine(
  nodes: NodeDefinition[],
  options: Partial<ActivityDependencies> & { client?: Client; taskQueue?: string } = {},
  onCall: (call: Parameters<ContextFactory>[0]) => void = () => undefined,
): Promise<Engine> {
  const address = process.env['TEST_TEMPORAL_ADDRESS']
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run with -c packages/quality/vitest.config.ts')
  bundle ??= buildBundle(new DefaultLogger('WARN'))
  const code = await bundle
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`
  // Histories are fetched whole, and some are long.
  const connection = await Connection.connect({ address, channelArgs: { 'grpc.max_receive_message_length': -1 } })
  const client = options.client ?? new Client({ connection })
  const native = await NativeConnection.connect({ address })
  const projections: RunProjection[] = []
  const approvals: ApprovalRequest[] = []
  const plans = new Map<string, Plan>()
  const waits: AwaitEventCall[] = []
  const events: ReceivedEvent[] = []
  const queued: string[] = []
  const worker = await Worker.create({
    ...workerOptions({ connection: native, namespace: 'default', taskQueue }),
    workflowBundle: { code } satisfies Partial<WorkflowBundleWithSourceMap> as WorkflowBundleWithSourceMap,
    activities: createActivities({
      registry: { find: (type, version) => nodes.find((node) => node.type === type && node.version === version) },
      contextFor: async (call, scope) => {
        onCall(call)
        return { runId: call.context.runId, stepId: call.stepId, asOf: call.asOf, ...scope } as never
      },
      runs: {
        project: async (projection) => void projections.push(projection),
        requestApproval: async (request) => void approvals.push(request),
        prepareScheduledRun: async () => null,
        loadPlan: async (hash) => known(plans.get(hash), hash),
        awaitEvent: async (call) => {
          waits.push(call)
          return events.filter((event) => event.name === call.event)
        },
        stopAwaiting: async ({ runId, stepId }) => {
          const place = waits.findIndex((wait) => wait.runId === runId && wait.stepId === stepId)
          if (place !== -1) waits.splice(place, 1)
        },
        markQueued: async (runId) => void queued.push(runId),
        prepareChildRun: async ({ runId, parent, stepId, child, params }) => {
          if (child.runbook === 'missing') throw new StepFailure(missingRunbook)
          const depth = (parent.parent?.depth ?? 0) + 1
          const context = { ...parent, runId, params: params as RunContext['params'] }
          const start = {
            planRef: child.planHash,
            context: { ...context, parent: { runId: parent.runId, stepId, depth } },
          }
          return { start, priorityKey: 3 }
        },
      },
      others: createRunStarter({ client, taskQueue, db: { runs: noRows, inbound: noRows } }),
      reverts: {
        revertRun: async () => [],
        revertOne: async () => ({ next: 'settled', status: 'reverted', detail: '' }),
        recordRenewal: async () => undefined,
        settleOne: async () => ({ kind: 'settled', status: 'done' }),
      },
      ...options,
    }) as never,
  })
  const running = worker.run()
  const start: Engine['start'] = (run, more = {}) =>
    client.workflow.start(workflowNames.runRunbook, {
      taskQueue,
      workflowId: run.context.runId,
      args: [{ ...('planRef' in more ? {} : { plan: run.plan }), context: run.context, ...more }],
    })
  return {
    client,
    taskQueue,
    code,
    projections,
    approvals,
    plans,
    waits,
    events,
    queued,
    start,
    run: async (run) => (await start(run)).result() as Promise<RunState>,
    decide: (runId, decision) =>
      client.workflow
        .getHandle(runId)
        .executeUpdate<void, [typeof decision]>(updateNames.decideApproval, { args: [decision] }),
    async stop() {
      worker.shutdown()
      await running
      await replayAll(client, { taskQueue, code })
      await native.close()
      await connection.close()
    },
  }
}

async function replayAll(client: Client, { taskQueue, code }: { taskQueue: string; code: string }): Promise<void> {
  async function* histories() {
    for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
      yield { workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() }
    }
  }
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { code } }, histories())) {
    if (error) throw new Error(`${workflowId} does not replay`, { cause: error })
  }
}

/** These tests look at workflows; rows are looked at where there is a database. */
const noRows = { giveWay: async () => undefined, summary: async () => null, project: async () => undefined } as never

const missingRunbook = { code: 'unknown-runbook', message: 'There is no runbook "missing".', retryable: false }

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The test has no ${name}`)
  return value
}

/** The code with which an Update was refused. @throws when it was not refused. */
export async function refusalOf(update: Promise<unknown>): Promise<string | null | undefined> {
  const error = await update.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw new Error('Not refused', { cause: error })
  return error.cause.type
}

/** Waits until `probe` gives something; the test's own timeout bounds it. */
export async function eventually<T>(
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  for (;;) {
    const found = await probe()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
