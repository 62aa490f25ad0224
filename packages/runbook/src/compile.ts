/** Document -> plan: typed, self-contained, content-hashed; what a run executes. */
import type { Catalogue, NodeType } from './catalogue.ts'
import { contentHash } from './canonical.ts'
import type { DocumentNode, Problem, RunbookDocument } from './document.ts'
import { findChild } from './check-child.ts'
import { durationSeconds } from './duration.ts'
import { outcomesOf } from './node-outcomes.ts'
import { readRunbook, withPlaces } from './parse-runbook.ts'
import type { Plan, PlanStep, PlanValue } from './plan.ts'
import { findNodeType } from './scope.ts'
import { toPlanValue } from './template.ts'
import { validateRunbook } from './validate.ts'

export type Compiled =
  | { ok: true; document: RunbookDocument; plan: Plan; problems: Problem[] }
  | { ok: false; problems: Problem[] }

/** Compiles text; problems have their places in it. Warnings do not stop it and are returned with the plan. */
export function compileRunbook(source: string, catalogue: Catalogue): Compiled {
  const { document, problems, locate } = readRunbook(source)
  if (document === null) return { ok: false, problems }
  const compiled = compileDocument(document, catalogue)
  return { ...compiled, problems: withPlaces(compiled.problems, locate) }
}

/**
 * Compiles a document. Neither layout, descriptions nor comments change the plan's hash, nor does the order in which fields, parameters and nodes
 * are written.
 */
export function compileDocument(document: RunbookDocument, catalogue: Catalogue): Compiled {
  const problems = validateRunbook(document, catalogue)
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems }
  const { name, title, params, timeout, onFailure, priority, concurrency, express, excludes = [] } = document
  const content: Omit<Plan, 'hash'> = {
    runbook: { name, title },
    params,
    steps: Object.entries(document.nodes).map(([id, node]) => planStep(id, node, { document, catalogue })),
    edges: document.edges.map(({ from, on, to }) => ({ from, on, to })),
    timeoutSeconds: seconds(timeout),
    onFailure,
    // Absent when there are none, so that plans of before keep their hash.
    ...(excludes.length > 0 ? { excludes: [...new Set(excludes)].sort() } : {}),
    priority,
    concurrency: concurrency ? { key: toPlanValue(concurrency.key), policy: concurrency.policy } : null,
    express,
  }
  return { ok: true, document, plan: { hash: planHash(content), ...content }, problems }
}

/** Over what a run does: what parameters are called for people, and which node is written first, make no difference to it. */
function planHash(content: Omit<Plan, 'hash'>): string {
  const params = Object.entries(content.params).map(([name, { type, default: value }]) => [
    name,
    { type, default: value },
  ])
  const steps = content.steps.map((step) => [step.id, step])
  return contentHash({ ...content, params: Object.fromEntries(params), steps: Object.fromEntries(steps) })
}

interface Whole {
  document: RunbookDocument
  catalogue: Catalogue
}

function planStep(id: string, node: DocumentNode, whole: Whole): PlanStep {
  const nodeType = typeOf(node, whole.catalogue)
  const defaults = { attempts: nodeType.defaults.attempts, backoff: '1s', nonRetryable: [] }
  const { attempts, backoff, nonRetryable } = node.retry ?? defaults
  const inputs = Object.entries(node.with)
  const isLate = ([name]: [string, unknown]): boolean => Object.hasOwn(nodeType.late, name)
  return {
    id,
    type: nodeType.type,
    version: nodeType.version,
    title: node.title ?? nodeType.title,
    effect: nodeType.effect,
    idempotent: nodeType.idempotent,
    outcomes: outcomesOf(node, nodeType),
    parent: node.in ?? null,
    input: planValues(inputs.filter((input) => !isLate(input))),
    late: planValues(inputs.filter(isLate)),
    join: node.join,
    joinDeadlineSeconds: node.joinDeadline === undefined ? null : seconds(node.joinDeadline),
    ...(node.startBy === undefined ? {} : { startBySeconds: seconds(node.startBy) }),
    timeoutSeconds: node.timeout === undefined ? nodeType.defaults.timeoutSeconds : seconds(node.timeout),
    retry: { attempts, backoffSeconds: seconds(backoff), nonRetryable },
    guards: nodeType.effect === 'approve' ? guardedBy(id, whole) : [],
    mute: node.mute ?? null,
    child: nodeType.effect === 'child' ? childOf(node, whole.catalogue) : null,
  }
}

function planValues(inputs: [string, unknown][]): Record<string, PlanValue> {
  return Object.fromEntries(inputs.map(([name, raw]) => [name, toPlanValue(raw)]))
}

/** Pinned: whatever is published later, this plan goes on to run the version that there is now. */
function childOf(node: DocumentNode, catalogue: Catalogue): PlanStep['child'] {
  const child = findChild(catalogue, node.with)
  if (!child) throw new Error(`There is no runbook ${String(node.with['runbook'])} in the catalogue.`)
  const { version, planHash } = child.version
  return { runbook: child.runbook.name, version, planHash }
}

/** The writes that an approve step's `approved` leads to directly: each is planned before people are asked. */
function guardedBy(id: string, { document, catalogue }: Whole): string[] {
  const targets = document.edges.filter(({ from, on }) => from === id && on === 'approved').map(({ to }) => to)
  return [...new Set(targets)].filter((to) => {
    const node = document.nodes[to]
    return node !== undefined && typeOf(node, catalogue).effect === 'write'
  })
}

/** Validation has found every type and every duration to be good before this is asked. */
function typeOf(node: DocumentNode, catalogue: Catalogue): NodeType {
  const nodeType = findNodeType(catalogue, node.type)
  if (!nodeType) throw new Error(`The node type ${node.type} is not in the catalogue.`)
  return nodeType
}

function seconds(text: string): number {
  const value = durationSeconds(text)
  if (value === null) throw new Error(`"${text}" is not a duration.`)
  return value
}
