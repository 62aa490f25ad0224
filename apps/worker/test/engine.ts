/** A worker with the real workflows on a real Temporal server, with nodes of the test's own. */
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker'
import type { ApprovalRequest, RunInput, RunProjection, RunState } from '@tenon/runbook'
import { updateNames, workflowNames } from '@tenon/runbook'
import type { NodeDefinition } from '@tenon/activities'
import { randomUUID } from 'node:crypto'
import { createActivities, type ActivityDependencies } from '../src/activities.ts'
import { buildBundle } from '../src/bundle.ts'
import { workerOptions } from '../src/worker-options.ts'

export interface Engine {
  client: Client
  taskQueue: string
  code: string
  projections: RunProjection[]
  approvals: ApprovalRequest[]
  start(run: RunInput): ReturnType<Client['workflow']['start']>
  run(run: RunInput): Promise<RunState>
  decide(
    runId: string,
    decision: { stepId: string; decision: 'approved' | 'rejected'; by: string; hashes: string[] },
  ): Promise<void>
  stop(): Promise<void>
}

// Failing steps are part of these tests; only the SDK's own troubles are worth a line.
Runtime.install({ logger: new DefaultLogger('ERROR') })

let bundle: Promise<string> | undefined

export async function startEngine(
  nodes: NodeDefinition[],
  options: Partial<ActivityDependencies> & { client?: Client; taskQueue?: string } = {},
): Promise<Engine> {
  const address = process.env['TEST_TEMPORAL_ADDRESS']
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run with -c packages/quality/vitest.config.ts')
  bundle ??= buildBundle(new DefaultLogger('WARN'))
  const code = await bundle
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`
  const connection = await Connection.connect({ address })
  const client = options.client ?? new Client({ connection })
  const native = await NativeConnection.connect({ address })
  const projections: RunProjection[] = []
  const approvals: ApprovalRequest[] = []
  const worker = await Worker.create({
    ...workerOptions({ connection: native, namespace: 'default', taskQueue }),
    workflowBundle: { code } satisfies Partial<WorkflowBundleWithSourceMap> as WorkflowBundleWithSourceMap,
    activities: createActivities({
      registry: { find: (type, version) => nodes.find((node) => node.type === type && node.version === version) },
      contextFor: async (call, scope) =>
        ({ runId: call.context.runId, stepId: call.stepId, asOf: call.asOf, steps: call.ended, ...scope }) as never,
      runs: {
        project: async (projection) => void projections.push(projection),
        requestApproval: async (request) => void approvals.push(request),
        prepareScheduledRun: async () => null,
      },
      reverts: {
        revertRun: async () => [],
        revertOne: async () => ({ next: 'settled', status: 'reverted', detail: '' }),
        recordRenewal: async () => undefined,
      },
      ...options,
    }) as never,
  })
  const running = worker.run()
  const start: Engine['start'] = (run) =>
    client.workflow.start(workflowNames.runRunbook, {
      taskQueue,
      workflowId: run.context.runId,
      args: [{ plan: run.plan, context: run.context }],
    })
  return {
    client,
    taskQueue,
    code,
    projections,
    approvals,
    start,
    run: async (run) => (await start(run)).result() as Promise<RunState>,
    decide: (runId, decision) =>
      client.workflow
        .getHandle(runId)
        .executeUpdate<void, [typeof decision]>(updateNames.decideApproval, { args: [decision] }),
    async stop() {
      worker.shutdown()
      await running
      await native.close()
      await connection.close()
    },
  }
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
