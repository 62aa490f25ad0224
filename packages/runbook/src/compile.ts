/** Document -> plan: typed, self-contained, content-hashed; what a run executes. */
import type { Catalogue, NodeType } from './catalogue.ts'
import { contentHash } from './canonical.ts'
import type { DocumentNode, Problem, RunbookDocument } from './document.ts'
import { durationSeconds } from './duration.ts'
import { locateProblems, parseRunbook } from './parse-runbook.ts'
import type { Plan, PlanStep } from './plan.ts'
import { findNodeType } from './scope.ts'
import { toPlanValue } from './template.ts'
import { validateRunbook } from './validate.ts'

export type Compiled =
  | { ok: true; document: RunbookDocument; plan: Plan; problems: Problem[] }
  | { ok: false; problems: Problem[] }

/** Compiles text; problems have their places in it. Warnings do not stop it and are returned with the plan. */
export function compileRunbook(source: string, catalogue: Catalogue): Compiled {
  const { document, problems } = parseRunbook(source)
  if (document === null) return { ok: false, problems }
  const compiled = compileDocument(document, catalogue)
  // Text is read a second time only to say where problems are.
  return compiled.problems.length === 0
    ? compiled
    : { ...compiled, problems: locateProblems(source, compiled.problems) }
}

/**
 * Compiles a document. Neither layout, descriptions nor comments change the plan's hash, nor does the order in which fields, parameters and nodes
 * are written.
 */
export function compileDocument(document: RunbookDocument, catalogue: Catalogue): Compiled {
  const problems = validateRunbook(document, catalogue)
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems }
  const { name, title, params, timeout, onFailure } = document
  const content: Omit<Plan, 'hash'> = {
    runbook: { name, title },
    params,
    steps: Object.entries(document.nodes).map(([id, node]) => planStep(id, node, { document, catalogue })),
    edges: document.edges.map(({ from, on, to }) => ({ from, on, to })),
    timeoutSeconds: seconds(timeout),
    onFailure,
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
  const { attempts, backoff } = node.retry ?? { attempts: nodeType.defaults.attempts, backoff: '1s' }
  return {
    id,
    type: nodeType.type,
    version: nodeType.version,
    title: node.title ?? nodeType.title,
    effect: nodeType.effect,
    idempotent: nodeType.idempotent,
    outcomes: nodeType.outcomes,
    input: Object.fromEntries(Object.entries(node.with).map(([name, raw]) => [name, toPlanValue(raw)])),
    join: node.join,
    timeoutSeconds: node.timeout === undefined ? nodeType.defaults.timeoutSeconds : seconds(node.timeout),
    retry: { attempts, backoffSeconds: seconds(backoff) },
    guards: nodeType.effect === 'approve' ? guardedBy(id, whole) : [],
  }
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
