/** Starts runs in Temporal, and talks to those that go on: for schedules, gates and repairs. */
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { Database } from '@tenon/db'
import {
  gateEntry,
  gateWorkflowId,
  recordOfEntered,
  runStartOptions,
  runWorkflowId,
  updateNames,
  workflowNames,
  type CancelRun,
  type Entered,
  type EnterGate,
  type GateOf,
  type RunInput,
  type RunState,
  type RunTrigger,
  type Workflows,
} from '@tenon/runbook'
import type { OtherRuns } from './activities.ts'

export interface RunStarter extends OtherRuns {
  /** Starts a run whose row is there; starting twice starts once. */
  start(input: RunInput, concurrencyKey: string | null): Promise<void>
}

interface Target {
  client: Client
  taskQueue: string
  db: Pick<Database, 'runs' | 'inbound'>
}

export function createRunStarter({ client, taskQueue, db }: Target): RunStarter {
  async function enter(of: GateOf, asked: EnterGate): Promise<Entered> {
    const { runId } = asked.run.context
    const entered = await client.workflow.executeUpdateWithStart<Workflows['concurrencyGate'], Entered, [EnterGate]>(
      updateNames.enter,
      {
        args: [asked],
        // Asking twice is asking once.
        updateId: runId,
        startWorkflowOperation: new WithStartWorkflowOperation<Workflows['concurrencyGate']>(
          workflowNames.concurrencyGate,
          { taskQueue, workflowId: gateWorkflowId(of), workflowIdConflictPolicy: 'USE_EXISTING', args: [of] },
        ),
      },
    )
    // It is no run of its own then: its row goes, and those who ask for it are shown the run that goes on.
    if (entered.disposition === 'joined' || entered.disposition === 'dropped')
      await db.runs.giveWay(runId, entered.runId)
    return entered
  }

  return {
    async start(input, concurrencyKey) {
      const gate = gateEntry(input, concurrencyKey)
      if (gate) {
        await enter(gate.of, gate.enter)
        return
      }
      try {
        await client.workflow.start<Workflows['runRunbook']>(
          workflowNames.runRunbook,
          runStartOptions(input, taskQueue),
        )
      } catch (error) {
        // It ran and ended already: started once is what was wanted.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    },

    async enterGate({ scheduled }) {
      if (!scheduled.gate) throw new Error('This run has no gate to pass.')
      const { disposition, runId } = await enter(scheduled.gate.of, scheduled.gate.enter)
      await db.inbound.decide(scheduled.firingId, { ...recordOfEntered(disposition, 'The schedule fired.'), runId })
      return disposition === 'ran' || disposition === 'queued' ? { runId } : null
    },

    async joinRun({ runId, trigger }) {
      try {
        await update<[RunTrigger]>(runId, updateNames.joinRun, [trigger])
        return true
      } catch (error) {
        if (hasEnded(error)) return false
        throw error
      }
    },

    async cancelRun({ runId, by, reason }) {
      try {
        await update<[CancelRun]>(runId, updateNames.cancelRun, [{ by, reason }])
      } catch (error) {
        if (!hasEnded(error)) throw error
        // One that waits for its turn has no workflow yet: only its row says that it shall run.
        if (error instanceof WorkflowNotFoundError) await cancelRow(runId, { by, reason })
      }
    },

    async watchRun(runId, signal) {
      const handle = client.workflow.getHandle(runWorkflowId(runId))
      const ended = client.withAbortSignal(signal, () => handle.result())
      try {
        return ((await ended) as RunState).status
      } catch (error) {
        if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return 'unknown'
        throw error
      }
    },
  }

  function update<Args extends [object]>(runId: string, name: string, args: Args): Promise<void> {
    return client.workflow.getHandle(runWorkflowId(runId)).executeUpdate<void, Args>(name, { args })
  }

  async function cancelRow(runId: string, { by, reason }: CancelRun): Promise<void> {
    const run = await db.runs.summary(runId)
    if (!run || run.endedAt !== null) return
    const at = Date.now()
    await db.runs.project({
      runId,
      revision: 1,
      status: 'cancelled',
      startedAt: Date.parse(run.startedAt),
      endedAt: at,
      error: { code: 'cancelled', message: `Cancelled by ${by}: ${reason}`, retryable: false },
      steps: [],
      approvals: [],
    })
  }
}

/** Whether a run refused a message because it has ended, or is none. */
function hasEnded(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true
  const refused = error instanceof WorkflowUpdateFailedError ? error.cause : null
  return refused instanceof ApplicationFailure && refused.type === 'run-ended'
}
