import type { NodeContext, NodeDefinition } from '@tenon/activities'
import type { CommandOf, PlanStep, StepError, StepResult } from '@tenon/runbook'
import * as z from 'zod'

export interface NodeRegistry {
  find(type: string, version: number): NodeDefinition | undefined
}

/** What a reading node may touch: the same for every call, made in the composition root. */
export type ReadContext = () => Promise<Pick<NodeContext, 'data' | 'changes'>>

/** Executes one reading node: typed input, a deadline, typed output. @throws whatever went wrong, see `stepErrorFrom`. */
export async function runRead(
  { stepId, input, asOf, timeoutSeconds }: CommandOf<'run-step'>,
  of: { step: PlanStep; runId: string; nodes: NodeRegistry; contextFor: ReadContext; signal: AbortSignal },
): Promise<StepResult> {
  const node = of.nodes.find(of.step.type, of.step.version)
  if (!node || node.effect !== 'read') throw new StepFailure(notHere(of.step))
  const parsed = node.input.safeParse(input)
  if (!parsed.success) throw new StepFailure(schemaError('bad-input', node.type, parsed.error))
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000)
  const signal = AbortSignal.any([of.signal, deadline])
  const result = await withDeadline(signal, async () => {
    const ctx = { ...notForReads, ...(await of.contextFor()), runId: of.runId, stepId, asOf, steps: [], signal }
    return node.run(ctx, parsed.data)
  }).catch((thrown: unknown) => {
    if (deadline.aborted && !of.signal.aborted)
      throw new StepFailure(timedOut(node.type, timeoutSeconds), { cause: thrown })
    throw thrown
  })
  const output = node.output.safeParse(result.output)
  if (!output.success) throw new StepFailure(schemaError('bad-output', node.type, output.error))
  return { ...result, output: output.data }
}

/** An error that knows its step error. */
class StepFailure extends Error {
  readonly error: StepError

  constructor(error: StepError, options?: { cause?: unknown }) {
    super(error.message, options)
    this.error = error
  }
}

/** What our packages' errors (DataError, ...) have in common. */
const codedError = z.object({
  code: z.string().regex(/^[a-z][a-z-]*$/),
  message: z.string(),
  fix: z.string().optional(),
  retryable: z.boolean().optional(),
})

/** Codes that a later attempt may not meet. */
const passing = new Set(['source-unreachable', 'target-unreachable', 'timeout'])

/** As every driver says it: what a node threw, as the error of its step. */
export function stepErrorFrom(thrown: unknown): StepError {
  if (thrown instanceof StepFailure) return thrown.error
  // Zod reads the fields of an error as of any object.
  const coded = codedError.safeParse(thrown)
  if (coded.success) {
    const { code, message, fix, retryable } = coded.data
    return { code, message, ...(fix ? { fix } : {}), retryable: retryable ?? passing.has(code) }
  }
  return {
    code: 'internal',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    fix: "This is a fault of the step's code: report it with the server's log of this run.",
    retryable: false,
  }
}

/** A read that does not listen to the signal is abandoned at its deadline. */
async function withDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
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

function timedOut(type: string, seconds: number): StepError {
  return {
    code: 'timeout',
    message: `${type} took longer than ${seconds} s.`,
    fix: 'Look at the system that the step asks, or give the step a longer timeout.',
    retryable: true,
  }
}

function schemaError(code: 'bad-input' | 'bad-output', type: string, error: z.ZodError): StepError {
  const lines = error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`)
  return {
    code,
    message: `${type}: ${lines.join('; ')}`,
    fix:
      code === 'bad-input'
        ? 'Correct the step’s fields in the runbook; expressions may have given another type than the field takes.'
        : "This is a fault of the node's code: report it.",
    retryable: false,
  }
}
