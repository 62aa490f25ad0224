/** A small catalogue of every effect, for the tests of this package. */
import { approveInput, approveOutput } from '../src/approval.ts'
import {
  childInput,
  childOutput,
  eachInput,
  eachOutput,
  eventInput,
  eventOutput,
  repeatInput,
  repeatOutput,
  stopInput,
  waitInput,
} from '../src/control.ts'
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
    late: {},
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
    nodeType('steer.switch', ['otherwise'], {
      effect: 'compute',
      outcomesFrom: 'cases',
      inputSchema: z.toJSONSchema(
        z.object({ cases: z.array(z.object({ name: z.string(), when: z.boolean() })).min(1) }),
        { io: 'input' },
      ),
    }),
    nodeType('steer.set-values', ['done'], {
      effect: 'compute',
      outputFrom: 'values',
      inputSchema: z.toJSONSchema(z.object({ values: z.record(z.string(), z.unknown()) }), { io: 'input' }),
    }),
    nodeType('steer.for-each', ['done', 'partial', 'empty'], {
      effect: 'each',
      late: { collect: 'round' },
      inputSchema: z.toJSONSchema(eachInput.extend({ collect: z.unknown().optional() }), { io: 'input' }),
      outputSchema: z.toJSONSchema(eachOutput),
      defaults: { timeoutSeconds: 0, attempts: 1 },
    }),
    nodeType('steer.repeat', ['met', 'exhausted'], {
      effect: 'repeat',
      late: { until: 'round', collect: 'round' },
      inputSchema: z.toJSONSchema(repeatInput.extend({ until: z.boolean(), collect: z.unknown().optional() }), {
        io: 'input',
      }),
      outputSchema: z.toJSONSchema(repeatOutput),
      defaults: { timeoutSeconds: 0, attempts: 1 },
    }),
    nodeType('steer.wait', ['done'], { effect: 'wait', inputSchema: z.toJSONSchema(waitInput, { io: 'input' }) }),
    nodeType('steer.wait-event', ['received', 'expired'], {
      effect: 'event',
      late: { match: 'event' },
      inputSchema: z.toJSONSchema(eventInput.extend({ match: z.boolean().optional() }), { io: 'input' }),
      outputSchema: z.toJSONSchema(eventOutput),
    }),
    nodeType('steer.run-runbook', ['normal', 'abnormal', 'inconclusive', 'done'], {
      effect: 'child',
      idempotent: false,
      inputSchema: z.toJSONSchema(childInput, { io: 'input' }),
      outputSchema: z.toJSONSchema(childOutput),
    }),
    nodeType('steer.stop', ['stopped'], {
      effect: 'stop',
      inputSchema: z.toJSONSchema(stopInput, { io: 'input' }),
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
  runbooks: [
    {
      name: 'other',
      title: 'Other',
      versions: [
        { version: 2, planHash: 'sha256:two', params: { who: { type: 'string' } } },
        { version: 1, planHash: 'sha256:one', params: {} },
      ],
    },
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
