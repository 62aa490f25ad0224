/** A small catalogue of every effect, for the tests of this package. */
import { approveInput, approveOutput } from '../src/approval.ts'
import { type Catalogue, catalogue, type NodeType } from '../src/catalogue.ts'
import type { DocumentEdge, RunbookDocument } from '../src/document.ts'
import { runbookDocument } from '../src/document.ts'
import * as z from 'zod'

function nodeType(type: string, outcomes: string[], fields: Partial<NodeType>): NodeType {
  return {
    type,
    version: 1,
    title: type,
    description: type,
    group: 'judge',
    icon: 'circle',
    effect: 'read',
    idempotent: true,
    planned: false,
    outcomes: outcomes.map((name) => ({ name, tone: 'neutral', meaning: name })),
    inputSchema: { type: 'object', properties: {} },
    outputSchema: { type: 'object', properties: {} },
    defaults: { timeoutSeconds: 30, attempts: 2 },
    ...fields,
  }
}

const lossInput = z.object({
  chain: z.string().min(1),
  window: z.string().default('15m'),
  limit: z.number().min(0).max(100).optional(),
  mode: z.enum(['fast', 'deep']).optional(),
  tags: z.array(z.string()).optional(),
})
const lossOutput = z.object({ step: z.string(), lost: z.number(), parts: z.array(z.string()), bad: z.boolean() })

export const testCatalogue: Catalogue = catalogue.parse({
  nodeTypes: [
    nodeType('judge.loss', ['found', 'none'], {
      inputSchema: z.toJSONSchema(lossInput, { io: 'input' }),
      outputSchema: z.toJSONSchema(lossOutput),
    }),
    nodeType('judge.loss', ['found'], { version: 2 }),
    nodeType('steer.branch', ['yes', 'no'], {
      effect: 'compute',
      inputSchema: z.toJSONSchema(z.object({ condition: z.boolean() }), { io: 'input' }),
    }),
    nodeType('steer.approve', ['approved', 'rejected', 'expired'], {
      effect: 'approve',
      inputSchema: z.toJSONSchema(approveInput, { io: 'input' }),
      outputSchema: z.toJSONSchema(approveOutput),
      defaults: { timeoutSeconds: 60, attempts: 1 },
    }),
    nodeType('act.switch', ['done', 'refused'], {
      effect: 'write',
      planned: true,
      inputSchema: z.toJSONSchema(z.object({ entity: z.string() }), { io: 'input' }),
    }),
    nodeType('act.tell', ['sent'], {
      effect: 'write',
      idempotent: false,
      inputSchema: z.toJSONSchema(z.object({ title: z.string() }), { io: 'input' }),
      defaults: { timeoutSeconds: 10, attempts: 1 },
    }),
  ],
})

type Nodes = Record<string, { type: string; with?: Record<string, unknown>; [field: string]: unknown }>

/** A document of nodes and arrows: `a -found-> b`. */
export function makeDocument(nodes: Nodes, arrows: string[] = [], fields: object = {}): RunbookDocument {
  return runbookDocument.parse({ tenon: 1, name: 'test', title: 'Test', nodes, edges: arrows.map(edgeOf), ...fields })
}

export function edgeOf(arrow: string): DocumentEdge {
  const [, from = '', on = '', to = ''] = /^(\S+) -(\S+)-> (\S+)$/.exec(arrow) ?? []
  return { from, on, to }
}
