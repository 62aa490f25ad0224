/** Everything that the server asks of Temporal. Tests of the server put their own behind this interface. */
import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client'
import {
  backtestWorkflowId,
  gateEntry,
  gateWorkflowId,
  leaseWorkflowId,
  settleWorkflowId,
  priorityKeys,
  runStartOptions,
  runWorkflowId,
  updateNames,
  workflowNames,
  type CancelRun,
  type DecideApproval,
  type DeliverEvent,
  type Delivered,
  type EnterGate,
  type Entered,
  type GateOf,
  type LeaveGate,
  type RenewLease,
  type RevertNow,
  type RunInput,
  type SettleAction,
  type Workflows,
} from '@tenon/runbook'
import { payloadCodecsFromEnvironment } from '@tenon/db/payload-codec'
import { ApiError, temporalUnreachable } from './errors.ts'
import { createTemporalSchedules, type Schedules } from './temporal-schedules.ts'

export interface Engine extends Schedules {
  /**
   * Starts `runRunbook`; the same run twice starts once. With a concurrency key, equal keys of a runbook and environment do not run at the same time:
   * the plan's policy says what becomes of this one. The run's row, and with it its plan, must be in the database.
   */
  startRun(input: RunInput, options?: { concurrencyKey?: string | null }): Promise<Entered>
  /** Starts the work on a backtest's cases, which are in the database; twice starts once. */
  startBacktest(backtestId: string): Promise<void>
  decideApproval(runId: string, decision: DecideApproval): Promise<void>
  cancelRun(runId: string, cancel: CancelRun): Promise<void>
  /** Takes a run that waits for its turn out of its concurrency key's queue. Refused as `not-waiting` when it has begun. */
  leaveGate(of: GateOf, leave: LeaveGate): Promise<void>
  /** Tells an event to a step that waits for it. */
  deliverEvent(runId: string, delivery: DeliverEvent): Promise<Delivered>
  /** Resolves when the action is put back. */
  revertAction(actionId: string, revert: RevertNow): Promise<void>
  renewLease(actionId: string, renewal: RenewLease): Promise<void>
  /** Looks at the target of an action that is unknown. Resolves when that has settled it, or not; see its status. */
  settleAction(settle: SettleAction): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

const callMs = 10_000
/** A revert is several calls of an outside system and reading back. */
const revertMs = 45_000

/** Connects at the first call, and again when that failed. */
export function createTemporalEngine(options: { address: string; namespace: string; taskQueue: string }): Engine {
  const { taskQueue } = options
  // What runs take and give is encrypted in Temporal; the worker does the same.
  const dataConverter = { payloadCodecs: payloadCodecsFromEnvironment(process.env) }
  let connecting: Promise<Connection> | null = null

  async function connection(): Promise<Connection> {
    connecting ??= Connection.connect({ address: options.address, connectTimeout: 3_000 })
    try {
      return await connecting
    } catch (cause) {
      connecting = null
      throw new ApiError(temporalUnreachable, { cause })
    }
  }

  /** Runs a call with a deadline: a person waits for the answer. */
  async function call<T>(work: (client: Client) => Promise<T>, ms = callMs): Promise<T> {
    const open = await connection()
    return open.withDeadline(Date.now() + ms, () =>
      work(new Client({ connection: open, namespace: options.namespace, dataConverter })),
    )
  }

  const update = <Answer = void>(
    workflowId: string,
    name: string,
    { payload, ms, id }: { payload: object; ms?: number; id?: string },
  ): Promise<Answer> =>
    call(
      (client) =>
        client.workflow
          .getHandle(workflowId)
          .executeUpdate<Answer, [object]>(name, { args: [payload], ...(id === undefined ? {} : { updateId: id }) }),
      ms,
    )

  async function startNow(input: RunInput): Promise<Entered> {
    const { runId } = input.context
    await call(async (client) => {
      try {
        await client.workflow.start<Workflows['runRunbook']>(
          workflowNames.runRunbook,
          runStartOptions(input, taskQueue),
        )
      } catch (error) {
        // It ran and ended already: started once is what was wanted.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    })
    return { disposition: 'ran', runId }
  }

  /** Asks the key's gate, which is made when nobody asked before. */
  function enter({ of, enter: asked }: NonNullable<ReturnType<typeof gateEntry>>): Promise<Entered> {
    return call((client) =>
      client.workflow.executeUpdateWithStart<Workflows['concurrencyGate'], Entered, [EnterGate]>(updateNames.enter, {
        args: [asked],
        // Asking twice is asking once.
        updateId: asked.run.context.runId,
        startWorkflowOperation: new WithStartWorkflowOperation<Workflows['concurrencyGate']>(
          workflowNames.concurrencyGate,
          { taskQueue, workflowId: gateWorkflowId(of), workflowIdConflictPolicy: 'USE_EXISTING', args: [of] },
        ),
      }),
    )
  }

  return {
    ...createTemporalSchedules(call, taskQueue),
    startRun(input, { concurrencyKey = null } = {}) {
      const gate = gateEntry(input, concurrencyKey)
      return gate ? enter(gate) : startNow(input)
    },
    async startBacktest(backtestId) {
      await call((client) =>
        client.workflow.start<Workflows['runBacktest']>(workflowNames.runBacktest, {
          taskQueue,
          workflowId: backtestWorkflowId(backtestId),
          workflowIdConflictPolicy: 'USE_EXISTING',
          // People wait for runs; a backtest takes what is left.
          priority: { priorityKey: priorityKeys.low },
          args: [{ backtestId }],
        }),
      )
    },
    decideApproval: (runId, payload) => update(runWorkflowId(runId), updateNames.decideApproval, { payload }),
    cancelRun: (runId, payload) => update(runWorkflowId(runId), updateNames.cancelRun, { payload }),
    leaveGate: (of, payload) => update(gateWorkflowId(of), updateNames.leave, { payload }),
    deliverEvent: (runId, payload) =>
      update<Delivered>(runWorkflowId(runId), updateNames.deliverEvent, {
        payload,
        id: `${payload.stepId}/${payload.event.id}`,
      }),
    revertAction: (actionId, payload) =>
      update(leaseWorkflowId(actionId), updateNames.revertNow, { payload, ms: revertMs }),
    renewLease: (actionId, payload) => update(leaseWorkflowId(actionId), updateNames.renewLease, { payload }),

    async settleAction(input) {
      const settled = await call(
        (client) =>
          client.workflow.execute<Workflows['settleAction']>(workflowNames.settleAction, {
            taskQueue,
            workflowId: settleWorkflowId(input.actionId),
            workflowIdConflictPolicy: 'FAIL',
            // Who asked has gone by then.
            workflowExecutionTimeout: '2 minutes',
            args: [input],
          }),
        revertMs,
      ).catch((error: unknown) => {
        throw error instanceof WorkflowExecutionAlreadyStartedError ? lookedAtNow(error) : error
      })
      if (settled.kind === 'settled') return
      const { code, message, fix } = settled
      throw new ApiError({ status: 409, code, message, fix })
    },

    async ping() {
      await call((client) => client.workflowService.getSystemInfo({}))
    },

    async close() {
      const open = await connecting?.catch(() => null)
      connecting = null
      await open?.close()
    },
  }
}

const lookedAtNow = (cause: Error): ApiError =>
  new ApiError(
    {
      status: 409,
      code: 'looked-at-now',
      message: 'Somebody has the target looked at right now.',
      fix: 'Wait some seconds, then load the page again.',
    },
    { cause },
  )
