import { StepFailure, stepTimedOut, withDeadline, type NodeContext, type NodeDefinition } from '@tenon/activities'
import { schemaError, type CommandOf, type PlanStep, type StepError, type StepResult } from '@tenon/runbook'

export interface NodeRegistry {
  find(type: string, version: number): NodeDefinition | undefined
}

/** What a reading node may touch, for one call of one run; made in the composition root. */
export type ReadContext = (of: {
  runId: string
  signal: AbortSignal
}) => Promise<Pick<NodeContext, 'data' | 'changes'> & { alerts: Pick<NodeContext['alerts'], 'current'> }>

/** Executes one reading node: typed input, a deadline, typed output. @throws whatever went wrong, see `stepErrorFrom`. */
export async function runRead(
  { stepId, input, asOf, timeoutSeconds }: CommandOf<'run-step'>,
  of: { step: PlanStep; runId: string; nodes: NodeRegistry; contextFor: ReadContext; signal: AbortSignal },
): Promise<StepResult> {
  const node = of.nodes.find(of.step.type, of.step.version)
  if (!node || node.effect !== 'read') throw new StepFailure(notHere(of.step))
  const parsed = node.input.safeParse(input)
  if (!parsed.success) throw new StepFailure(schemaError('bad-input', node.type, parsed))
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000)
  const signal = AbortSignal.any([of.signal, deadline])
  const result = await withDeadline(signal, async () => {
    const found = await of.contextFor({ runId: of.runId, signal })
    const ctx = {
      ...notForReads,
      ...found,
      // Only writes silence, so that nothing can be here.
      alerts: {
        current: found.alerts.current,
        silenceable: async () => [],
        decide: refuse,
        silenced: refuse,
        linkOf: refuse,
      },
      runId: of.runId,
      stepId,
      asOf,
      signal,
    }
    return node.run(ctx, parsed.data)
  }).catch((thrown: unknown) => {
    if (deadline.aborted && !of.signal.aborted)
      throw new StepFailure(stepTimedOut(node.type, timeoutSeconds), { cause: thrown })
    throw thrown
  })
  const output = node.output.safeParse(result.output)
  if (!output.success) throw new StepFailure(schemaError('bad-output', node.type, output))
  return { ...result, output: output.data }
}

const refuse = (): never => {
  throw new StepFailure({
    code: 'internal',
    message: 'A reading step tried to change something.',
    fix: "This is a fault of the step's code: report it.",
    retryable: false,
  })
}

/** The parts of a context that only writes use. */
const notForReads = {
  actions: { plan: refuse, apply: refuse },
  inbox: { post: refuse },
  webhook: { post: refuse },
  events: { emit: refuse },
  heartbeat: () => undefined,
} satisfies Pick<NodeContext, 'actions' | 'inbox' | 'webhook' | 'events' | 'heartbeat'>

function notHere({ type, version }: PlanStep): StepError {
  return {
    code: 'unknown-node-type',
    message: `This server has no reading node type ${type}@${version}.`,
    fix: 'Update the server, or publish the runbook with a node type that it has.',
    retryable: false,
  }
}
