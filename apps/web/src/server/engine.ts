/** Everything that the server asks of Temporal. Tests of the server put their own behind this interface. */
import {
  Client,
  Connection,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
} from '@temporalio/client'
import {
  leaseWorkflowId,
  runWorkflowId,
  scheduleId,
  updateNames,
  workflowNames,
  type CancelRun,
  type DecideApproval,
  type RenewLease,
  type RevertNow,
  type RunInput,
  type Workflows,
} from '@tenon/runbook'
import { ApiError, temporalUnreachable } from './errors.ts'

export interface WantedSchedule {
  runbookId: string
  cron: string
  timeZone: string
  paused: boolean
}

export interface Engine {
  /** Starts `runRunbook`; the same run twice starts once. */
  startRun(input: RunInput): Promise<void>
  decideApproval(runId: string, decision: DecideApproval): Promise<void>
  cancelRun(runId: string, cancel: CancelRun): Promise<void>
  /** Resolves when the action is put back. */
  revertAction(actionId: string, revert: RevertNow): Promise<void>
  renewLease(actionId: string, renewal: RenewLease): Promise<void>
  /** Makes the Temporal Schedule of a runbook what is wanted. */
  putSchedule(schedule: WantedSchedule): Promise<void>
  removeSchedule(runbookId: string): Promise<void>
  /** Next firing, ISO 8601; null when there is none (no schedule, or paused). */
  nextFiring(runbookId: string): Promise<string | null>
  ping(): Promise<void>
  close(): Promise<void>
}

const callMs = 10_000
/** A revert is several calls of an outside system and reading back. */
const revertMs = 45_000

/** Connects at the first call, and again when that failed. */
export function createTemporalEngine(options: { address: string; namespace: string; taskQueue: string }): Engine {
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
      work(new Client({ connection: open, namespace: options.namespace })),
    )
  }

  const update = (workflowId: string, name: string, payload: object, ms?: number) =>
    call((client) => client.workflow.getHandle(workflowId).executeUpdate(name, { args: [payload] }), ms).then(
      () => undefined,
    )

  return {
    async startRun(input) {
      await call(async (client) => {
        try {
          await client.workflow.start<Workflows['runRunbook']>(workflowNames.runRunbook, {
            taskQueue: options.taskQueue,
            workflowId: runWorkflowId(input.context.runId),
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
            workflowIdConflictPolicy: 'USE_EXISTING',
            args: [input],
          })
        } catch (error) {
          // It ran and ended already: started once is what was wanted.
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        }
      })
    },
    decideApproval: (runId, decision) => update(runWorkflowId(runId), updateNames.decideApproval, decision),
    cancelRun: (runId, cancel) => update(runWorkflowId(runId), updateNames.cancelRun, cancel),
    revertAction: (actionId, revert) => update(leaseWorkflowId(actionId), updateNames.revertNow, revert, revertMs),
    renewLease: (actionId, renewal) => update(leaseWorkflowId(actionId), updateNames.renewLease, renewal),

    async putSchedule(wanted) {
      const spec = { cronExpressions: [wanted.cron], timezone: wanted.timeZone }
      const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '60s' } as const
      const action = {
        type: 'startWorkflow' as const,
        workflowType: workflowNames.runScheduled,
        taskQueue: options.taskQueue,
        args: [{ runbookId: wanted.runbookId }],
      }
      await call(async (client) => {
        const id = scheduleId(wanted.runbookId)
        try {
          await client.schedule.getHandle(id).update((previous) => ({
            ...previous,
            spec,
            policies,
            action,
            state: { ...previous.state, paused: wanted.paused },
          }))
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error
          await client.schedule.create({ scheduleId: id, spec, policies, action, state: { paused: wanted.paused } })
        }
      })
    },

    async removeSchedule(runbookId) {
      await call(async (client) => {
        try {
          await client.schedule.getHandle(scheduleId(runbookId)).delete()
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error
        }
      })
    },

    async nextFiring(runbookId) {
      return call(async (client) => {
        try {
          const { info, state } = await client.schedule.getHandle(scheduleId(runbookId)).describe()
          return state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null)
        } catch (error) {
          if (error instanceof ScheduleNotFoundError) return null
          throw error
        }
      })
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
