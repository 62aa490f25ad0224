/** Starts and addresses the lease workflows of actions. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client'
import { leaseWorkflowId, updateNames, workflowNames, type LeaseInput } from '@tenon/runbook'
import type { LeaseStep } from './engine-activities.ts'
import { actionNotDoneSignalName, actionSettledSignalName, type RevertRequest } from './lease-messages.ts'

export interface Leases {
  /** Called before the target is touched. Starting the same lease twice starts one. */
  start(actionId: string, leaseSeconds: number): Promise<void>
  /** Starts a lease anew where none runs (it was terminated); one that runs stays as it is. */
  ensure(actionId: string, leaseSeconds: number): Promise<void>
  /** @returns where the action stands after one attempt. @throws when that attempt failed; the lease then goes on trying. */
  revertNow(actionId: string, request: RevertRequest): Promise<LeaseStep>
  /** Ends the lease of an action that came to nothing. */
  actionNotDone(actionId: string): Promise<void>
  /** A person settled an action of which its lease did not know what to do. */
  actionSettled(actionId: string): Promise<void>
}

export function createLeases(client: Client, taskQueue: string): Leases {
  /** A lease that has ended, or never was, needs to know nothing. */
  async function signal(actionId: string, name: string): Promise<void> {
    try {
      await client.workflow.getHandle(leaseWorkflowId(actionId)).signal(name)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }

  return {
    async start(actionId, leaseSeconds) {
      const input: LeaseInput = { actionId, leaseSeconds }
      try {
        await client.workflow.start(workflowNames.leaseAction, {
          taskQueue,
          workflowId: leaseWorkflowId(actionId),
          args: [input],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
        })
      } catch (error) {
        // The attempt before this one, whose worker died, started it.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      }
    },

    async ensure(actionId, leaseSeconds) {
      const input: LeaseInput = { actionId, leaseSeconds }
      await client.workflow.start(workflowNames.leaseAction, {
        taskQueue,
        workflowId: leaseWorkflowId(actionId),
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      })
    },

    revertNow: (actionId, request) =>
      client.workflow
        .getHandle(leaseWorkflowId(actionId))
        .executeUpdate<LeaseStep, [RevertRequest]>(updateNames.revertNow, { args: [request] }),

    actionNotDone: (actionId) => signal(actionId, actionNotDoneSignalName),
    actionSettled: (actionId) => signal(actionId, actionSettledSignalName),
  }
}
