/** Document -> text: one document has one text, so that Git shows what changed and nothing else. */
import { Document, isMap, isSeq, type Node } from 'yaml'
import * as z from 'zod'
import { sameValue } from './diff/field-changes.ts'
import {
  concurrencyPolicy,
  documentNode,
  eventTrigger,
  parameter,
  retryPolicy,
  type RunbookDocument,
  runbookDocument,
  runbookTest,
  scheduleTrigger,
  type Trigger,
  webhookTrigger,
} from './document.ts'

/**
 * Canonical YAML: fields in the order of the schema, defaults left out, edges and positions one a line, layout last. Reading it back gives an equal
 * document.
 */
export function formatRunbook(document: RunbookDocument): string {
  return canonicalYaml(document).toString({ lineWidth: 0 })
}

/** The canonical form as YAML nodes. */
export function canonicalYaml(document: RunbookDocument): Document<Node> {
  const plain = written(runbookDocument, {
    ...document,
    params: mapValues(document.params, (value) => written(parameter, value)),
    triggers: mapValues(document.triggers, (value) => written(triggerSchema(value), value)),
    ...(document.concurrency ? { concurrency: written(concurrencyPolicy, document.concurrency) } : {}),
    nodes: mapValues(document.nodes, (node) =>
      written(documentNode, { ...node, ...(node.retry ? { retry: written(retryPolicy, node.retry) } : {}) }),
    ),
    edges: document.edges.map(({ from, on, to }) => ({ from, on, to })),
    tests: mapValues(document.tests, (value) => written(runbookTest, value)),
    layout: mapValues(document.layout, ({ x, y }) => ({ x, y })),
  })
  const yaml = new Document<Node>(plain, { version: '1.2', aliasDuplicateObjects: false })
  const edges = yaml.get('edges')
  if (isSeq(edges)) for (const edge of edges.items) if (isMap(edge)) edge.flow = true
  const layout = yaml.get('layout')
  if (isMap(layout)) for (const { value } of layout.items) if (isMap(value)) value.flow = true
  return yaml
}

/** The fields of a schema in its order, without those that are as they are when left out. */
function written(schema: z.ZodObject, value: object): object {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const given: unknown = Reflect.get(value, name)
    return [
      name,
      field instanceof z.ZodDefault && sameValue(given, field.def.defaultValue) ? undefined : given,
    ] as const
  })
  return Object.fromEntries(fields.filter(([, given]) => given !== undefined))
}

function triggerSchema(trigger: Trigger): z.ZodObject {
  switch (trigger.kind) {
    case 'schedule':
      return scheduleTrigger
    case 'webhook':
      return webhookTrigger
    case 'event':
      return eventTrigger
  }
}

function mapValues<T>(fields: Record<string, T>, format: (value: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, format(value)]))
}
