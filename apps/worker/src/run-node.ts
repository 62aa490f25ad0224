/** Executes one node of the registry within an activity: typed input, a deadline, heartbeats, typed output. */
import { contentHash, type ActionPlan, type StepError, type StepResult } from '@tenon/runbook'
import { StepFailure, stepTimedOut, withDeadline, type NodeContext, type NodeDefinition } from '@tenon/activities'
import type { NodeCall, PlanActionsCall } from './engine-activities.ts'
import { cutEvidence } from './cut-evidence.ts'
import { schemaError } from './schema-error.ts'

export interface NodeRegistry {
  find(type: string, version: number): NodeDefinition | undefined
}

/** What an activity has of Temporal. */
export interface ActivityScope {
  /** Aborted when the run cancels the step or the worker shuts down. */
  signal: AbortSignal
  heartbeat(detail?: string): void
}

/** Makes what a node may touch; built anew for every call. */
export type ContextFactory = (
  call: Pick<NodeCall, 'context' | 'stepId' | 'asOf' | 'approvedBy'>,
  scope: ActivityScope,
) => Promise<NodeContext>

export async function runNode(
  call: NodeCall,
  deps: { registry: NodeRegistry; contextFor: ContextFactory },
  scope: ActivityScope,
): Promise<StepResult> {
  const node = findNode(deps.registry, call)
  const input = parseInput(node, call.input)
  const deadline = AbortSignal.timeout(call.timeoutSeconds * 1000)
  const signal = AbortSignal.any([scope.signal, deadline])
  const ctx = await deps.contextFor(call, { ...scope, signal })

  const result = await withDeadline(signal, () => {
    switch (node.effect) {
      case 'read':
        return node.run(ctx, input)
      case 'write':
        return node.run(ctx, input, { key: `${call.context.runId}/${call.stepId}`, approvedHash: call.approvedHash })
      default:
        throw new StepFailure(misplaced(call))
    }
  }).catch((thrown: unknown) => {
    if (deadline.aborted && !scope.signal.aborted)
      throw new StepFailure(stepTimedOut(call.type, call.timeoutSeconds), { cause: thrown })
    throw thrown
  })

  const output = node.output.safeParse(result.output)
  if (!output.success) throw new StepFailure(schemaError('bad-output', node.type, output.error))
  if (!node.outcomes.some((outcome) => outcome.name === result.outcome)) {
    throw new StepFailure({
      code: 'bad-output',
      message: `${node.type} ended with the outcome "${result.outcome}", which it does not declare.`,
      fix: "This is a fault of the node's code: report it with the worker's log of this run.",
      retryable: false,
    })
  }
  return cutEvidence({ ...result, output: output.data }, node.type)
}

/** Plans every guarded write of an approve step; changes nothing. */
export async function planActions(
  call: PlanActionsCall,
  deps: { registry: NodeRegistry; contextFor: ContextFactory },
  scope: ActivityScope,
): Promise<ActionPlan[]> {
  const plans: ActionPlan[] = []
  for (const action of call.actions) {
    const node = findNode(deps.registry, action)
    if (node.effect !== 'write') throw new StepFailure(misplaced(action))
    const input = parseInput(node, action.input)
    if (!node.plan) {
      plans.push(plainPlan(action.stepId, node, input))
      continue
    }
    const ctx = await deps.contextFor({ ...call, stepId: action.stepId, approvedBy: null }, scope)
    const plan = await node.plan(ctx, input)
    plans.push({ ...plan, stepId: action.stepId })
  }
  return plans
}

/** For a write that changes no target (notify): people see that it will happen and with what. */
function plainPlan(stepId: string, node: NodeDefinition, input: Record<string, unknown>): ActionPlan {
  const facts = Object.entries(input).map(([label, value]) => ({
    label,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
  return {
    stepId,
    hash: contentHash({ type: node.type, version: node.version, input }),
    title: node.title,
    target: node.type,
    diff: [],
    facts,
    guards: [],
    intent: input,
    leaseSeconds: 0,
  }
}

function findNode(registry: NodeRegistry, wanted: { type: string; version: number }): NodeDefinition {
  const node = registry.find(wanted.type, wanted.version)
  if (node) return node
  throw new StepFailure({
    code: 'unknown-node-type',
    message: `This worker has no node type ${wanted.type}@${wanted.version}.`,
    fix: 'Update the worker, or publish the runbook with a node type that it has.',
    retryable: false,
  })
}

function parseInput(node: NodeDefinition, input: unknown): Record<string, unknown> {
  const parsed = node.input.safeParse(input)
  if (!parsed.success) throw new StepFailure(schemaError('bad-input', node.type, parsed.error))
  return parsed.data
}

function misplaced(call: { type: string }): StepError {
  return {
    code: 'internal',
    message: `${call.type} is not a read or write and does not run as an activity.`,
    fix: 'Report it: the plan and the node registry disagree.',
    retryable: false,
  }
}
