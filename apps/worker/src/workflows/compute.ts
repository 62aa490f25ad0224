/** Evaluates `compute` nodes within the workflow: pure, so replaying gives the same. */
import type { ComputeContext } from '@tenon/activities'
import { findComputeNode } from '@tenon/activities/compute'
import type { PlanStep, RunEvent } from '@tenon/runbook'
import { schemaError } from '../schema-error.ts'

type Answer = Extract<RunEvent, { kind: 'step-completed' | 'step-failed' }>

/** The event that answers a `run-step` of a compute node. */
export function computeStep(
  declared: PlanStep,
  call: { context: ComputeContext; stepId: string; attempt: number; input: Record<string, unknown>; at: number },
): Answer {
  const { stepId, attempt, at } = call
  const fail = (error: Extract<Answer, { kind: 'step-failed' }>['error']): Answer => ({
    kind: 'step-failed',
    at,
    stepId,
    attempt,
    error,
  })

  const node = findComputeNode(declared.type, declared.version)
  if (!node) {
    return fail({
      code: 'unknown-node-type',
      message: `This worker has no node type ${declared.type}@${declared.version}.`,
      fix: 'Update the worker, or publish the runbook with a node type that it has.',
      retryable: false,
    })
  }
  const input = node.input.safeParse(call.input)
  if (!input.success) return fail(schemaError('bad-input', node.type, input.error))
  try {
    const result = node.run(call.context, input.data)
    const output = node.output.safeParse(result.output)
    if (!output.success) return fail(schemaError('bad-output', node.type, output.error))
    return { kind: 'step-completed', at, stepId, attempt, result: { ...result, output: output.data } }
  } catch (thrown) {
    return fail({
      code: 'internal',
      message: thrown instanceof Error ? thrown.message : String(thrown),
      fix: "This is a fault of the node's code: report it with this run's id.",
      retryable: false,
    })
  }
}
