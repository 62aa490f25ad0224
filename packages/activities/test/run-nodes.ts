/** Runs nodes one after another as the interpreter would, with typed input and output, over a data service and recorded changes. */
import type { DataService } from '@tenon/data'
import { outcomesOf, type StepResult } from '@tenon/runbook'
import { toNodeType } from '../src/catalogue.ts'
import { findNode, type AlertRecord, type ChangeRecord, type ComputeContext, type NodeContext } from '../src/index.ts'

export interface World {
  data: DataService
  asOf: number
  changes?: ChangeRecord[]
  alerts?: AlertRecord[]
  silenceable?: string[]
}

export function readContext(world: World, steps: ComputeContext['steps'] = []): NodeContext & ComputeContext {
  const refuse = (): never => {
    throw new Error('a judging node writes nothing')
  }
  return {
    runId: 'run-1',
    stepId: 'step-1',
    asOf: world.asOf,
    steps,
    data: world.data,
    changes: {
      between: async (from, to) =>
        (world.changes ?? []).filter(({ startedAt }) => startedAt >= from && startedAt <= to),
    },
    alerts: {
      current: async (since) =>
        (world.alerts ?? []).filter(({ startsAt, endsAt }) => endsAt === null || Date.parse(startsAt) >= since),
      silenceable: async () => world.silenceable ?? [],
      linkOf: (id) => `https://tenon.example/alerts/${id}`,
      decide: refuse,
      silenced: refuse,
    },
    actions: { plan: refuse, apply: refuse },
    inbox: { post: refuse },
    webhook: { post: refuse },
    events: { emit: refuse },
    signal: new AbortController().signal,
    heartbeat: () => {},
  }
}

/** @throws when input or output do not satisfy the node's schemas, or the outcome is not declared. */
export async function runNode(
  type: string,
  input: unknown,
  given: NodeContext & Partial<ComputeContext>,
): Promise<StepResult> {
  const node = findNode(type, 1)
  if (!node) throw new Error(`no node ${type}`)
  const fields = node.input.parse(input)
  const { steps = [], ...ctx } = given
  const run = (): StepResult | Promise<StepResult> => {
    switch (node.effect) {
      case 'compute':
        return node.run({ runId: ctx.runId, stepId: ctx.stepId, asOf: ctx.asOf, steps }, fields)
      // As in a run: these see nothing of other steps but what comes in.
      case 'read':
        return node.run(ctx, fields)
      case 'write':
        return node.run(ctx, fields, { key: `${ctx.runId}/${ctx.stepId}`, approvedHash: null })
      case 'approve':
      case 'wait':
      case 'event':
      case 'each':
      case 'repeat':
      case 'child':
      case 'stop':
        throw new Error(`${type} has no run`)
    }
  }
  const result = await run()
  const declared = outcomesOf({ with: fields }, toNodeType(node))
  if (!declared.some(({ name }) => name === result.outcome)) throw new Error(`${type} ended as ${result.outcome}`)
  return { ...result, output: node.output.parse(result.output) }
}

/** The judging path of the payment-drop runbook. */
export async function diagnose(world: World, chain = 'card-payment'): Promise<Record<string, StepResult>> {
  const steps: ComputeContext['steps'] = []
  const results: Record<string, StepResult> = {}
  const step = async (id: string, type: string, input: unknown) => {
    const result = await runNode(type, input, readContext(world, steps))
    steps.push({ id, type, title: findNode(type, 1)?.title ?? type, result })
    results[id] = result
    return result
  }
  await step('source', 'judge.business-dependency', { chain })
  const loss = await step('loss', 'judge.chain-loss', { chain })
  if (loss.outcome === 'found') {
    const { entity, since } = loss.output as { entity: string; since: string }
    await step('changes', 'judge.changes', { entity, since, place: loss.output })
  }
  await step('conclude', 'judge.conclude', {})
  return results
}
