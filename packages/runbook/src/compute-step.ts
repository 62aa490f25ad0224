import type * as z from 'zod'
import type { PlanStep } from './plan.ts'
import type { StepError, StepResult } from './run.ts'
import type { EndedStep } from './ended-steps.ts'

/** A `compute` node, as packages/activities defines it. */
export interface ComputeNode {
  type: string
  input: z.ZodType<Record<string, unknown>>
  output: z.ZodType
  run(ctx: ComputeCall, input: Record<string, unknown>): StepResult
}
export interface ComputeCall {
  runId: string
  stepId: string
  asOf: number
  steps: EndedStep[]
}
/** `findComputeNode` of packages/activities: this package imports nothing of ours, so it is passed in. */
export type FindCompute = (type: string, version: number) => ComputeNode | undefined

/** Evaluates a compute step: typed input and output, never throws. */
export function computeStep(
  step: PlanStep,
  find: FindCompute,
  call: { context: ComputeCall; input: Record<string, unknown> },
): { ok: true; result: StepResult } | { ok: false; error: StepError } {
  const node = find(step.type, step.version)
  if (!node) {
    return fail('unknown-node-type', {
      message: `There is no compute node ${step.type}@${step.version} here.`,
      fix: 'Use the release of Tenon that the runbook was written for.',
    })
  }
  const input = node.input.safeParse(call.input)
  if (!input.success) return fail('bad-input', schemaMessage(node.type, 'input', input.error))
  try {
    const result = node.run(call.context, input.data)
    const output = node.output.safeParse(result.output)
    if (!output.success) return fail('bad-output', schemaMessage(node.type, 'output', output.error))
    return { ok: true, result: { ...result, output: output.data } }
  } catch (thrown) {
    return fail('internal', {
      message: thrown instanceof Error ? thrown.message : String(thrown),
      fix: "This is a fault of the node's code: report it with this runbook.",
    })
  }
}

function fail(code: string, { message, fix }: { message: string; fix: string }): { ok: false; error: StepError } {
  return { ok: false, error: { code, message, fix, retryable: false } }
}

function schemaMessage(type: string, side: 'input' | 'output', error: z.ZodError): { message: string; fix: string } {
  const [issue] = error.issues
  const where = issue && issue.path.length > 0 ? ` "${issue.path.join('.')}"` : ''
  return {
    message: `The ${side}${where} of ${type} does not fit: ${issue?.message ?? 'it cannot be read'}.`,
    fix: side === 'input' ? 'Correct what the step is given.' : "This is a fault of the node's code: report it.",
  }
}
