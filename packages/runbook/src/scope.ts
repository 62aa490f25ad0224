/** The variables that a runbook's expressions may use, with their types. `runBindings` gives them their values. */
import type { Catalogue, NodeType } from './catalogue.ts'
import type { Scope } from './cel-check.ts'
import type { Parameter, RunbookDocument } from './document.ts'
import { type ValueType, anyType, typeOfSchema } from './value-type.ts'

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

export function expressionScope(document: RunbookDocument, catalogue: Catalogue): Scope {
  // Many steps share a type, and reading an output schema is the dear part.
  const types = new Map<string, ValueType>()
  const typeOf = (reference: string): ValueType => {
    const type = types.get(reference) ?? stepType(findNodeType(catalogue, reference))
    types.set(reference, type)
    return type
  }
  return {
    params: record(Object.entries(document.params).map(([name, parameter]) => [name, parameterType(parameter)])),
    steps: record(Object.entries(document.nodes).map(([id, node]) => [id, typeOf(node.type)])),
    trigger: record([
      ['kind', { kind: 'string', values: ['button', 'api', 'schedule', 'test'] }],
      ['by', text],
      ['payload', anyType],
    ]),
    run: record([
      ['id', text],
      ['asOf', text],
    ]),
  }
}

function record(fields: [name: string, type: ValueType][]): ValueType {
  return {
    kind: 'object',
    rest: null,
    fields: Object.fromEntries(fields.map(([name, type]) => [name, { type, optional: false }])),
  }
}

/** Types of parameters beyond number and boolean are text with a picker. */
export function parameterType(parameter: Parameter): ValueType {
  switch (parameter.type) {
    case 'number':
      return { kind: 'double' }
    case 'boolean':
      return { kind: 'bool' }
    case 'string':
    case 'duration':
    case 'chain':
    case 'entity':
    case 'zone':
      return text
  }
}

function stepType(nodeType: NodeType | null): ValueType {
  // The unknown type is a problem of its own; more problems about its output would only hide it.
  if (!nodeType) return anyType
  const outcomes = nodeType.outcomes.map((outcome) => outcome.name)
  return record([
    ['outcome', { kind: 'string', values: [...outcomes, 'error', 'skipped', 'pending'] }],
    ['output', typeOfSchema(nodeType.outputSchema)],
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
