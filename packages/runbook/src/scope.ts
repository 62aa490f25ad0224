/** The variables that a runbook's expressions may use, with their types. `runBindings` gives them their values. */
import type { Catalogue, NodeType } from './catalogue.ts'
import { checkCel, type Scope } from './cel-check.ts'
import type { DocumentNode, Parameter, RunbookDocument } from './document.ts'
import type { Graph } from './graph.ts'
import { outcomesOf } from './node-outcomes.ts'
import { splitTemplate } from './template.ts'
import {
  type ObjectField,
  type ValueType,
  anyType,
  membersOf,
  typeOfLiteral,
  typeOfSchema,
  unionOf,
} from './value-type.ts'

const text: ValueType = { kind: 'string' }

/** `judge.loss@2` -> type and version; version 1 when none is written. Null when it is not `<group>.<name>`. */
export function parseTypeReference(reference: string): { type: string; version: number } | null {
  const match = /^([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)(?:@([1-9]\d{0,5}))?$/.exec(reference)
  return match ? { type: match[1]!, version: Number(match[2] ?? 1) } : null
}

/** The node type that a document's `type:` means. */
export function findNodeType(catalogue: Catalogue, reference: string): NodeType | null {
  const wanted = parseTypeReference(reference)
  if (!wanted) return null
  return catalogue.nodeTypes.find((node) => node.type === wanted.type && node.version === wanted.version) ?? null
}

/** The variables of each place of a document: at the top, and in each loop. */
export interface Scopes {
  /** What the inputs of a step may use. */
  of(id: string): Scope
  /** What may be used where a round of the loop has ended. */
  inside(loop: string): Scope
  /** What may be used where an event has come to the step. */
  withEvent(id: string): Scope
}

const eventType = record([
  ['name', text],
  ['id', text],
  ['payload', anyType],
])

/** What does not depend on what ran: also a concurrency key's variables. */
export function contextScope(document: Pick<RunbookDocument, 'params'>): Record<string, ValueType> {
  const kinds = ['button', 'api', 'schedule', 'webhook', 'event', 'runbook', 'test', 'backtest']
  return {
    params: record(Object.entries(document.params).map(([name, parameter]) => [name, parameterType(parameter)])),
    trigger: record([
      ['kind', { kind: 'string', values: kinds }],
      ['by', text],
      ['payload', anyType],
    ]),
    run: record([
      ['id', text],
      ['asOf', text],
      ['environment', text],
    ]),
  }
}

export function documentScopes(document: RunbookDocument, catalogue: Catalogue, graph: Graph): Scopes {
  const context = contextScope(document)
  const types = stepTypes(document, catalogue, graph)
  const known = new Map<string | null, Scope>()

  function inLoop(loop: string | null): Scope {
    const found = known.get(loop)
    if (found) return found
    const loops = loop === null ? [] : [...graph.loopsAround(loop), loop]
    const scope = { ...context, steps: record(visible(loops)), ...loopVariables(loops) }
    known.set(loop, scope)
    return scope
  }

  function visible(loops: readonly string[]): [string, ValueType][] {
    const places = new Set<string | null>([null, ...loops])
    return Object.keys(document.nodes).flatMap((id): [string, ValueType][] =>
      places.has(graph.loopOf(id)) ? [[id, types.get(id)?.step ?? anyType]] : [],
    )
  }

  function loopVariables(loops: readonly string[]): Record<string, ValueType> {
    if (loops.length === 0) return {}
    const items = loops.map((id) => types.get(id)?.item ?? null)
    const innermost = items.findLast((item) => item !== null)
    const number: ValueType = { kind: 'double' }
    const around = loops.map((id, depth): [string, ValueType] => [
      id,
      record([['index', number], ...(items[depth] ? [['item', items[depth]] satisfies [string, ValueType]] : [])]),
    ])
    return { index: number, loops: record(around), ...(innermost ? { item: innermost } : {}) }
  }

  return {
    of: (id) => inLoop(graph.loopOf(id)),
    inside: inLoop,
    withEvent: (id) => ({ ...inLoop(graph.loopOf(id)), event: eventType }),
  }
}

interface StepTypes {
  step: ValueType
  /** Type of the items of an `each` loop; null for others. */
  item: ValueType | null
}

/** In the order of the graph, so that a step's own type may depend on those before it ("Set values", the items of a loop). */
function stepTypes(document: RunbookDocument, catalogue: Catalogue, graph: Graph): Map<string, StepTypes> {
  const outputs = new Map<NodeType, ValueType>()
  // One object that grows: whoever looks sees the steps before it.
  const fields: Record<string, ObjectField> = {}
  const scope = { ...contextScope(document), steps: { kind: 'object', fields, rest: null } satisfies ValueType }
  const types = new Map<string, StepTypes>()
  const ids = new Set([...graph.order, ...Object.keys(document.nodes)])
  for (const id of ids) {
    const node = document.nodes[id]!
    const nodeType = findNodeType(catalogue, node.type)
    // The unknown type is a problem of its own; more problems about its output would only hide it.
    if (!nodeType) {
      types.set(id, { step: anyType, item: null })
      fields[id] = { type: anyType, optional: false }
      continue
    }
    const output =
      nodeType.outputFrom === undefined
        ? (outputs.get(nodeType) ?? typeOfSchema(nodeType.outputSchema))
        : typeOfValue(node.with[nodeType.outputFrom], scope)
    if (nodeType.outputFrom === undefined) outputs.set(nodeType, output)
    const item = nodeType.effect === 'each' ? elementType(typeOfValue(node.with['items'], scope)) : null
    const step = stepType(node, nodeType, output)
    types.set(id, { step, item })
    fields[id] = { type: step, optional: false }
  }
  return types
}

function elementType(type: ValueType): ValueType {
  const elements = membersOf(type).map((member) => (member.kind === 'list' ? member.element : anyType))
  return unionOf(elements)
}

/** The type of an input as it is written; expressions that cannot be checked yet (in loops) may be anything. */
function typeOfValue(raw: unknown, scope: Scope): ValueType {
  if (typeof raw === 'string') {
    const split = splitTemplate(raw)
    if (!split.ok || split.parts.every((part) => part.kind === 'text')) return typeOfLiteral(raw)
    const [first] = split.parts
    if (split.parts.length > 1 || first?.kind !== 'expression') return text
    const checked = checkCel(first.cel, scope)
    return checked.problems.length === 0 ? checked.type : anyType
  }
  if (Array.isArray(raw)) return { kind: 'list', element: unionOf(raw.map((item) => typeOfValue(item, scope))) }
  if (typeof raw !== 'object' || raw === null) return raw === undefined ? anyType : typeOfLiteral(raw)
  return record(Object.entries(raw).map(([name, value]) => [name, typeOfValue(value, scope)]))
}

function record(fields: [name: string, type: ValueType][]): ValueType {
  return {
    kind: 'object',
    rest: null,
    fields: Object.fromEntries(fields.map(([name, type]) => [name, { type, optional: false }])),
  }
}

/** Types of parameters beyond number, boolean and list are text with a picker. */
export function parameterType(parameter: Parameter): ValueType {
  switch (parameter.type) {
    case 'number':
      return { kind: 'double' }
    case 'boolean':
      return { kind: 'bool' }
    case 'list':
      return { kind: 'list', element: text }
    case 'string':
    case 'duration':
    case 'chain':
    case 'entity':
    case 'zone':
    case 'alert':
    case 'change':
      return text
  }
}

function stepType(node: DocumentNode, nodeType: NodeType, output: ValueType): ValueType {
  const outcomes = outcomesOf(node, nodeType).map((outcome) => outcome.name)
  return record([
    ['outcome', { kind: 'string', values: [...outcomes, 'error', 'skipped', 'cancelled', 'pending'] }],
    ['output', output],
    ['summary', text],
    [
      'error',
      record([
        ['code', text],
        ['message', text],
      ]),
    ],
  ])
}
