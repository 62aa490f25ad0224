/** One node: its type, its inputs, its retries and joins, its loop, and whether people are asked before it writes. */
import type { Catalogue, NodeType } from './catalogue.ts'
import { checkChild } from './check-child.ts'
import { checkExpressions, isExpressionText } from './check-expressions.ts'
import { checkDuration } from './check-settings.ts'
import type { DocumentNode, Problem } from './document.ts'
import { checkLiteral } from './literal-check.ts'
import { suggest } from './nearest.ts'
import type { NodeContext } from './node-context.ts'
import { outcomesOf } from './node-outcomes.ts'
import { findNodeType, parseTypeReference } from './scope.ts'

const dayInSeconds = 86_400
export const deepestLoop = 3

export function checkNode(id: string, context: NodeContext): Problem[] {
  const node = context.document.nodes[id]
  if (!node) return []
  const path = ['nodes', id]
  const nodeType = findNodeType(context.catalogue, node.type)
  if (!nodeType) return [unknownType(node.type, context.catalogue, [...path, 'type'])]
  return [
    ...literalProblems(node, nodeType, path),
    ...checkExpressions(id, nodeType, context),
    ...optionalDuration(node.timeout, { path: [...path, 'timeout'], least: 1, most: dayInSeconds }),
    ...optionalDuration(node.retry?.backoff, { path: [...path, 'retry', 'backoff'], least: 0, most: 60 }),
    ...optionalDuration(node.joinDeadline, { path: [...path, 'joinDeadline'], least: 1, most: dayInSeconds }),
    ...optionalDuration(node.startBy, { path: [...path, 'startBy'], least: 1, most: dayInSeconds }),
    ...retryProblems(node, nodeType, path),
    ...caseProblems(node, nodeType, path),
    ...muteProblems(node, nodeType, path),
    ...joinProblems(id, node, context),
    ...loopProblems(id, nodeType, context),
    ...approvalProblems(id, nodeType, context),
    ...unusedProblems(id, nodeType, context),
    ...(nodeType.effect === 'child' ? checkChild(node, context, path) : []),
  ]
}

type Report = Pick<Problem, 'code' | 'message' | 'fix'>
const error = (path: (string | number)[], report: Report): Problem => ({ severity: 'error', path, ...report })
const warning = (path: (string | number)[], report: Report): Problem => ({ severity: 'warning', path, ...report })

function unknownType(reference: string, catalogue: Catalogue, path: string[]): Problem {
  const wanted = parseTypeReference(reference)
  const versions = catalogue.nodeTypes.filter(({ type }) => type === wanted?.type).map(({ version }) => version)
  if (wanted && versions.length > 0) {
    return error(path, {
      code: 'node-version-unknown',
      message: `There is no version ${wanted.version} of ${wanted.type}.`,
      fix: `Use ${versions.map((version) => (version === 1 ? wanted.type : `${wanted.type}@${version}`)).join(' or ')}.`,
    })
  }
  const types = catalogue.nodeTypes.map(({ type }) => type)
  const message = `There is no node type "${reference}".`
  return error(path, { code: 'node-type-unknown', message, fix: suggest(reference, types, 'node type') })
}

function literalProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  return checkLiteral(node.with, nodeType.inputSchema, isExpressionText).map(({ path: at, ...problem }) =>
    error([...path, 'with', ...at], problem),
  )
}

function optionalDuration(text: string | undefined, bounds: Parameters<typeof checkDuration>[1]): Problem[] {
  return text === undefined ? [] : checkDuration(text, bounds)
}

function retryProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  const attempts = node.retry?.attempts ?? 1
  if (attempts === 1) return []
  switch (nodeType.effect) {
    case 'compute':
    case 'read':
    case 'write':
    case 'child':
      if (nodeType.idempotent) return []
      return [
        warning([...path, 'retry', 'attempts'], {
          code: 'retry-not-idempotent',
          message: `"${nodeType.title}" may act twice when it is tried again.`,
          fix: 'Set attempts to 1.',
        }),
      ]
    case 'approve':
    case 'wait':
    case 'event':
    case 'each':
    case 'repeat':
    case 'stop':
      return [
        warning([...path, 'retry'], {
          code: 'retry-unused',
          message: `"${nodeType.title}" is not tried again.`,
          fix:
            nodeType.effect === 'each' ? 'Give retries to the steps in it, or let it tolerate failures.' : 'Remove it.',
        }),
      ]
  }
}

/** Outcomes that a node's own inputs name: they are the ends of edges, so they must be there and be different. */
function caseProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  const { outcomesFrom } = nodeType
  const list = outcomesFrom === undefined ? undefined : node.with[outcomesFrom]
  if (outcomesFrom === undefined) return []
  const at = [...path, 'with', outcomesFrom]
  if (!Array.isArray(list)) {
    if (list === undefined) return []
    const message = `"${outcomesFrom}" must be written out: each case is an outcome that edges leave from.`
    return [error(at, { code: 'cases-computed', message, fix: 'Write the cases as a list.' })]
  }
  const reserved = new Set(['error', 'always', ...nodeType.outcomes.map(({ name }) => name)])
  const seen = new Set<string>()
  return list.flatMap((item: unknown, index): Problem[] => {
    const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined
    if (typeof name !== 'string') return []
    const place = [...at, index, 'name']
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
      const message = `"${name}" cannot be the name of a case.`
      return [error(place, { code: 'case-name', message, fix: 'Use lower-case letters, digits and dashes.' })]
    }
    if (reserved.has(name) || seen.has(name)) {
      const message = reserved.has(name)
        ? `"${name}" is an outcome of every such step.`
        : `Two cases are called "${name}".`
      return [error(place, { code: 'case-name', message, fix: 'Choose another name.' })]
    }
    seen.add(name)
    return []
  })
}

function muteProblems(node: DocumentNode, nodeType: NodeType, path: string[]): Problem[] {
  if (node.mute === undefined) return []
  const outcomes = outcomesOf(node, nodeType).map(({ name }) => name)
  const at = [...path, 'mute']
  if (!outcomes.includes(node.mute)) {
    const message = `A muted step goes on as one of its outcomes; "${node.mute}" is none.`
    return [error(at, { code: 'mute-outcome', message, fix: suggest(node.mute, outcomes, 'outcome') })]
  }
  if (nodeType.effect !== 'approve' || node.mute !== 'approved') return []
  // A muted approval would be a write without anybody's approval.
  const message = 'An approval cannot be muted as approved.'
  return [error(at, { code: 'mute-approval', message, fix: 'Mute it as rejected or expired.' })]
}

function joinProblems(id: string, node: DocumentNode, { graph }: NodeContext): Problem[] {
  const { join, joinDeadline, startBy } = node
  const sources = new Set(graph.incoming(id).map(({ from }) => from)).size
  const path = ['nodes', id, 'join']
  const problems: Problem[] = []
  if (typeof join === 'object' && join.atLeast > sources) {
    const message = `"${id}" waits for ${join.atLeast} paths, but ${sources === 1 ? 'only one leads' : `${sources} lead`} to it: it would always be skipped.`
    problems.push(error(path, { code: 'join-too-many', message, fix: `Wait for at most ${Math.max(1, sources)}.` }))
  } else if (join !== 'all' && sources < 2) {
    const text = typeof join === 'object' ? `atLeast ${join.atLeast}` : join
    const message = `"join: ${text}" means nothing here: fewer than two steps lead to this one.`
    problems.push(warning(path, { code: 'join-unused', message, fix: 'Remove it.' }))
  }
  if (joinDeadline !== undefined && (sources < 2 || join === 'any' || join === 'first')) {
    const message = 'A deadline means nothing here: the step does not wait for a second path.'
    problems.push(warning(['nodes', id, 'joinDeadline'], { code: 'join-unused', message, fix: 'Remove it.' }))
  }
  if (startBy !== undefined && node.in !== undefined) {
    const message = `"startBy" counts from the start of the run, and "${id}" is a step of a loop.`
    const fix = 'Give it to a step at the top, or use "joinDeadline".'
    problems.push(error(['nodes', id, 'startBy'], { code: 'start-by-in-loop', message, fix }))
  } else if (startBy !== undefined && sources === 0) {
    const message = '"startBy" means nothing here: the step waits for no other.'
    problems.push(warning(['nodes', id, 'startBy'], { code: 'join-unused', message, fix: 'Remove it.' }))
  }
  return problems
}

/** `in`, and bodies. */
function loopProblems(id: string, nodeType: NodeType, { document, catalogue, graph }: NodeContext): Problem[] {
  const isLoop = nodeType.effect === 'each' || nodeType.effect === 'repeat'
  const problems: Problem[] = []
  if (isLoop && graph.body(id).length === 0) {
    const message = `The loop "${id}" has no steps in it.`
    problems.push(error(['nodes', id], { code: 'loop-empty', message, fix: `Put steps into it: "in: ${id}".` }))
  }
  const { in: loop } = document.nodes[id]!
  if (loop === undefined) return problems
  const path = ['nodes', id, 'in']
  const effect = findNodeType(catalogue, document.nodes[loop]?.type ?? '')?.effect
  if (!Object.hasOwn(document.nodes, loop)) {
    const fix = suggest(loop, Object.keys(document.nodes), 'step')
    problems.push(error(path, { code: 'loop-unknown', message: `There is no step "${loop}".`, fix }))
  } else if (effect !== undefined && effect !== 'each' && effect !== 'repeat') {
    const message = `"${loop}" is not a loop and has no steps in it.`
    problems.push(error(path, { code: 'loop-unknown', message, fix: 'Name a loop, or remove "in".' }))
  } else if (graph.loopOf(id) === null) {
    const message = `The loops around "${id}" contain each other.`
    problems.push(error(path, { code: 'loop-circle', message, fix: 'Let one of them be outside.' }))
  } else if (graph.loopsAround(id).length > deepestLoop) {
    const message = `Loops are nested deeper than ${deepestLoop}.`
    problems.push(error(path, { code: 'loop-too-deep', message, fix: 'Move the inner loop to a runbook of its own.' }))
  }
  return problems
}

function approvalProblems(id: string, nodeType: NodeType, context: NodeContext): Problem[] {
  if (!nodeType.planned) return []
  // One way around the approval is enough to write without it.
  const ways = new Set(context.graph.incoming(id).map(({ from, on }) => `${from} ${on}`))
  if (ways.size > 0 && new Set(context.approversOf(id)).size === ways.size) return []
  return [
    warning(['nodes', id], {
      code: 'write-unapproved',
      message: `"${nodeType.title}" acts without anybody's approval.`,
      fix: 'Put an "Approve" step right before it, unless it is meant so.',
    }),
  ]
}

/** An approval that nothing follows asks people for nothing. */
function unusedProblems(id: string, nodeType: NodeType, { graph }: NodeContext): Problem[] {
  if (nodeType.effect !== 'approve') return []
  if (graph.outgoing(id).some(({ on }) => on === 'approved' || on === 'always')) return []
  return [
    warning(['nodes', id], {
      code: 'approve-unused',
      message: `Nothing follows when "${id}" is approved.`,
      fix: 'Lead its outcome "approved" to the step that people approve, or remove it.',
    }),
  ]
}
