/** One node: its type, its inputs and what they refer to, its retries, and whether people are asked before it writes. */
import type { Catalogue, JsonSchema, NodeType } from './catalogue.ts'
import { checkCel, type Scope, type StepReference } from './cel-check.ts'
import { checkDuration } from './check-settings.ts'
import type { DocumentNode, Problem, RunbookDocument } from './document.ts'
import { failedStep } from './certain-steps.ts'
import type { Graph } from './graph.ts'
import { checkLiteral } from './literal-check.ts'
import { suggest } from './nearest.ts'
import { findNodeType, parseTypeReference } from './scope.ts'
import { splitTemplate } from './template.ts'
import { type ValueType, describeType, isObject, mayBe, resolveReference, typeOfSchema } from './value-type.ts'

export interface NodeContext {
  document: RunbookDocument
  catalogue: Catalogue
  graph: Graph
  scope: Scope
  certain: ReadonlyMap<string, ReadonlySet<string>>
}

const dayInSeconds = 86_400

export function checkNode(id: string, context: NodeContext): Problem[] {
  const node = context.document.nodes[id]
  if (!node) return []
  const path = ['nodes', id]
  const nodeType = findNodeType(context.catalogue, node.type)
  if (!nodeType) return [unknownType(node.type, context.catalogue, [...path, 'type'])]
  return [
    ...literalProblems(node, nodeType, path),
    ...expressionsOf(node.with, {
      path: [...path, 'with'],
      schema: nodeType.inputSchema,
      root: nodeType.inputSchema,
    }).flatMap((found) => expressionProblems(found, { id, ...context })),
    ...(node.timeout === undefined
      ? []
      : checkDuration(node.timeout, { path: [...path, 'timeout'], least: 1, most: dayInSeconds })),
    ...(node.retry === undefined
      ? []
      : checkDuration(node.retry.backoff, { path: [...path, 'retry', 'backoff'], least: 0, most: 60 })),
    ...retryProblems(node, nodeType, path),
    ...joinProblems(id, node, context),
    ...approvalProblems(id, nodeType, context),
    ...unusedProblems(id, nodeType, context),
  ]
}

function unknownType(reference: string, catalogue: Catalogue, path: string[]): Problem {
  const wanted = parseTypeReference(reference)
  const versions = catalogue.nodeTypes.filter(({ type }) => type === wanted?.type).map(({ version }) => version)
  if (wanted && versions.length > 0) {
    return {
      code: 'node-version-unknown',
      severity: 'error',
      message: `There is no version ${wanted.version} of ${wanted.type}.`,
      fix: `Use ${versions.map((version) => (version === 1 ? wanted.type : `${wanted.type}@${version}`)).join(' or ')}.`,
      path,
    }
  }
  return {
    code: 'node-type-unknown',
    severity: 'error',
    message: `There is no node type "${reference}".`,
    fix: suggest(
      reference,
      catalogue.nodeTypes.map(({ type }) => type),
      'node type',
    ),
    path,
  }
}

function literalProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  return checkLiteral(node.with, nodeType.inputSchema, isExpressionText).map((problem) => ({
    severity: 'error',
    ...problem,
    path: [...path, 'with', ...problem.path],
  }))
}

const isExpressionText = (value: unknown): boolean => typeof value === 'string' && value.includes('${')

interface FoundText {
  text: string
  path: (string | number)[]
  /** Type that the field takes; any when the schema does not say. */
  wanted: ValueType
}

interface Place {
  path: (string | number)[]
  schema: unknown
  root: JsonSchema
}

/** Every text with an expression in it, however deep, with what its field takes. */
function expressionsOf(value: unknown, { path, schema, root }: Place): FoundText[] {
  const resolved = isObject(schema) ? resolveReference(schema, root) : null
  if (typeof value === 'string') {
    if (!isExpressionText(value)) return []
    return [
      { text: value, path, wanted: resolved ? typeOfSchema({ ...resolved, $defs: root['$defs'] }) : { kind: 'any' } },
    ]
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      expressionsOf(item, { path: [...path, index], schema: resolved?.['items'], root }),
    )
  }
  if (!isObject(value)) return []
  const properties = isObject(resolved?.['properties']) ? resolved['properties'] : {}
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = Object.hasOwn(properties, name) ? properties[name] : resolved?.['additionalProperties']
    return expressionsOf(member, { path: [...path, name], schema: inner, root })
  })
}

function expressionProblems({ text, path, wanted }: FoundText, context: NodeContext & { id: string }): Problem[] {
  const split = splitTemplate(text)
  if (!split.ok) {
    const fix = 'Close it, or write $${ for the characters themselves.'
    return [{ code: 'template-syntax', severity: 'error', message: split.message, fix, path }]
  }
  const whole = split.parts.length === 1 && split.parts[0]?.kind === 'expression'
  return split.parts
    .flatMap((part): Problem[] => {
      if (part.kind === 'text') return []
      const checked = checkCel(part.cel, context.scope)
      const problems = checked.problems.map(({ code, message, fix }): Problem => ({
        code,
        severity: 'error',
        message,
        fix,
        path,
      }))
      problems.push(...referenceProblems(checked.references, path, context))
      if (problems.length === 0 && whole && !mayBe(checked.type, wanted))
        problems.push(misfit(checked.type, wanted, path))
      return problems
    })
    .concat(!whole && !mayBe({ kind: 'string' }, wanted) ? [misfit({ kind: 'string' }, wanted, path)] : [])
}

function misfit(given: ValueType, wanted: ValueType, path: (string | number)[]): Problem {
  return {
    code: 'input-type',
    severity: 'error',
    message: `The expression gives ${describeType(given)}, but ${describeType(wanted)} is needed.`,
    fix: 'Use another field, or convert it.',
    path,
  }
}

function referenceProblems(
  references: readonly StepReference[],
  path: (string | number)[],
  { id, document, catalogue, graph, certain }: NodeContext & { id: string },
): Problem[] {
  const asked = new Set(
    references.filter(({ member }) => member === null || member === 'outcome').map(({ stepId }) => stepId),
  )
  const known = references.filter(({ stepId }) => Object.hasOwn(document.nodes, stepId))
  const askers = approversOf(id, { document, catalogue, graph })
  return known.flatMap(({ stepId, member }): Problem[] => {
    const problem = (code: string, severity: Problem['severity'], message: string, fix: string): Problem[] => [
      { code, severity, message, fix, path },
    ]
    if (stepId === id || !graph.isUpstream(stepId, id)) {
      const message = stepId === id ? 'The step refers to itself.' : `"${stepId}" does not run before this step.`
      return problem(
        'reference-not-before',
        'error',
        message,
        `Connect "${stepId}" so that it leads here, or remove the reference.`,
      )
    }
    const late = askers.find((asker) => stepId === asker || !graph.isUpstream(stepId, asker))
    if (late !== undefined) {
      return problem(
        'reference-after-approval',
        'error',
        `"${stepId}" is not known yet when "${late}" shows people what would be done.`,
        `Refer to a step that ends before "${late}".`,
      )
    }
    if (member === null || member === 'outcome' || asked.has(stepId)) return []
    if (certain.get(id)?.has(member === 'error' ? failedStep(stepId) : stepId)) return []
    if (member === 'error') {
      return problem(
        'reference-may-be-skipped',
        'warning',
        `"${stepId}" may not have failed when this step runs; the expression then fails.`,
        `Guard it: has(steps.${stepId}.error) ? … : …`,
      )
    }
    return problem(
      'reference-may-be-skipped',
      'warning',
      `"${stepId}" may have been skipped when this step runs; the expression then fails.`,
      `Guard it: has(steps.${stepId}.${member}) ? … : …`,
    )
  })
}

/** Approve steps whose `approved` leads straight to a write: it is planned before they ask. */
function approversOf(
  id: string,
  { document, catalogue, graph }: Pick<NodeContext, 'document' | 'catalogue' | 'graph'>,
): string[] {
  const effectOf = (step: string): string | undefined =>
    findNodeType(catalogue, document.nodes[step]?.type ?? '')?.effect
  if (effectOf(id) !== 'write') return []
  return graph.incoming(id).flatMap(({ from, on }) => (on === 'approved' && effectOf(from) === 'approve' ? [from] : []))
}

function retryProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  if (nodeType.idempotent || (node.retry?.attempts ?? 1) === 1) return []
  return [
    {
      code: 'retry-not-idempotent',
      severity: 'warning',
      message: `"${nodeType.title}" may act twice when it is tried again.`,
      fix: 'Set attempts to 1.',
      path: [...path, 'retry', 'attempts'],
    },
  ]
}

function joinProblems(id: string, node: DocumentNode, { graph }: NodeContext): Problem[] {
  if (node.join === 'all' || graph.incoming(id).length > 1) return []
  return [
    {
      code: 'join-unused',
      severity: 'warning',
      message: `"join: ${node.join}" means nothing here: fewer than two edges lead to the step.`,
      fix: 'Remove it.',
      path: ['nodes', id, 'join'],
    },
  ]
}

function approvalProblems(id: string, nodeType: NodeType, context: NodeContext): Problem[] {
  if (!nodeType.planned) return []
  // One way around the approval is enough to write without it.
  const ways = new Set(context.graph.incoming(id).map(({ from, on }) => `${from} ${on}`))
  if (ways.size > 0 && new Set(approversOf(id, context)).size === ways.size) return []
  return [
    {
      code: 'write-unapproved',
      severity: 'warning',
      message: `"${nodeType.title}" acts without anybody's approval.`,
      fix: 'Put an "Approve" step right before it, unless it is meant so.',
      path: ['nodes', id],
    },
  ]
}

/** An approval that nothing follows asks people for nothing. */
function unusedProblems(id: string, nodeType: NodeType, { graph }: NodeContext): Problem[] {
  if (nodeType.effect !== 'approve') return []
  if (graph.outgoing(id).some(({ on }) => on === 'approved' || on === 'always')) return []
  return [
    {
      code: 'approve-unused',
      severity: 'warning',
      message: `Nothing follows when "${id}" is approved.`,
      fix: 'Lead its outcome "approved" to the step that people approve, or remove it.',
      path: ['nodes', id],
    },
  ]
}
