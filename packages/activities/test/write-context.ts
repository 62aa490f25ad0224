/** A context that notes what a write node asks for. */
import type { NodeDefinition } from '../src/node.ts'
import type { ActionRequest } from '@tenon/actions'
import type { AppliedAction, NodeContext } from '../src/index.ts'
import { asOf, memoryData } from './memory-data.ts'
import { readContext } from './run-nodes.ts'

export interface Asked {
  planned: ActionRequest[]
  applied: { request: ActionRequest; key: string; approvedHash: string | null }[]
  posted: { title: string; body: string; severity: string; key: string }[]
  hooked: { connection: string; body: unknown; key: string }[]
}

export function writeContext(answer: Partial<AppliedAction> = {}): { ctx: NodeContext; asked: Asked } {
  const asked: Asked = { planned: [], applied: [], posted: [], hooked: [] }
  const ctx: NodeContext = {
    ...readContext({ data: memoryData({ series: {} }), asOf }),
    actions: {
      async plan(request) {
        asked.planned.push(request)
        return {
          stepId: 's',
          hash: 'sha256:1',
          title: 'T',
          target: 't',
          diff: [],
          facts: [],
          guards: [],
          intent: {},
          leaseSeconds: 60,
        }
      },
      async apply(request, { key, approvedHash }) {
        asked.applied.push({ request, key, approvedHash })
        const verification = [{ label: 'pay-a-1', before: 'weight 100', after: 'weight 0', pass: true }]
        return {
          actionId: 'a1',
          status: 'done',
          detail: 'Switched',
          leaseUntil: '2026-10-14T14:30:00.000Z',
          verification,
          ...answer,
        }
      },
    },
    inbox: {
      async post({ title, body, severity, key }) {
        asked.posted.push({ title, body, severity, key })
      },
    },
    webhook: {
      async post(connection, body, key) {
        asked.hooked.push({ connection, body, key })
        return { status: 202 }
      },
    },
  }
  return { ctx, asked }
}

/** Plans and applies a step with the given input; gives what it asked of the action protocol both times. */
export async function planAndApply(
  node: NodeDefinition,
  given: Record<string, unknown>,
): Promise<{ planned: unknown; applied: unknown }> {
  const { ctx, asked } = writeContext()
  if (node.effect !== 'write') throw new Error(`${node.type} is no write`)
  const input = node.input.parse(given)
  await node.plan?.(ctx, input)
  await node.run(ctx, input, { key: 'k', approvedHash: null })
  return { planned: asked.planned[0], applied: asked.applied[0]?.request }
}
