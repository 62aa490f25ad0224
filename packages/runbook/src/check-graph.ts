/** Edges, cycles, joins and positions. */
import type { Catalogue } from './catalogue.ts'
import type { DocumentEdge, Problem, RunbookDocument } from './document.ts'
import { buildGraph, type Graph } from './graph.ts'
import { suggest } from './nearest.ts'
import { outcomesOf } from './node-outcomes.ts'
import { findNodeType } from './scope.ts'

interface GraphContext {
  document: RunbookDocument
  catalogue: Catalogue
  graph: Graph
}

/** Outcomes that every node has beside its own. */
const everyOutcome = ['error', 'always'] as const

export function checkGraph({ document, catalogue, graph }: GraphContext): Problem[] {
  const problems: Problem[] = []
  if (Object.keys(document.nodes).length === 0) {
    problems.push({
      code: 'empty',
      severity: 'error',
      message: 'The runbook has no nodes.',
      fix: 'Add the first step, for example "Is the source down?".',
      path: ['nodes'],
    })
  }
  const seen = new Set<string>()
  document.edges.forEach((edge, index) => {
    const key = edgeKey(edge)
    const problem = edgeProblem(edge, { document, catalogue, isKnown: seen.has(key) })
    seen.add(key)
    if (problem) problems.push({ severity: 'error', ...problem, path: ['edges', index, ...problem.path] })
  })
  if (graph.cycle.length > 1) {
    const [first] = graph.cycle
    const index = document.edges.findIndex(({ from, to }) => from === graph.cycle.at(-1) && to === first)
    problems.push({
      code: 'cycle',
      severity: 'error',
      message: `The steps run in a circle: ${[...graph.cycle, first].join(' → ')}.`,
      fix: 'Remove one of these edges.',
      path: ['edges', Math.max(0, index)],
    })
  }
  for (const id of Object.keys(document.layout)) {
    if (Object.hasOwn(document.nodes, id)) continue
    problems.push({
      code: 'layout-unknown',
      severity: 'warning',
      message: `There is a position for "${id}", which is not a step.`,
      fix: 'Remove it.',
      path: ['layout', id],
    })
  }
  return problems
}

const edgeKey = ({ from, on, to }: DocumentEdge): string => JSON.stringify([from, on, to])

type EdgeProblem = Pick<Problem, 'code' | 'message' | 'fix'> & { path: (keyof DocumentEdge)[] }

function edgeProblem(
  edge: DocumentEdge,
  { document, catalogue, isKnown }: { document: RunbookDocument; catalogue: Catalogue; isKnown: boolean },
): EdgeProblem | null {
  for (const end of ['from', 'to'] as const) {
    if (Object.hasOwn(document.nodes, edge[end])) continue
    const message = `There is no step "${edge[end]}".`
    const fix = suggest(edge[end], Object.keys(document.nodes), 'step')
    return { code: 'edge-end-unknown', message, fix, path: [end] }
  }
  if (edge.from === edge.to) {
    return {
      code: 'edge-self',
      message: `"${edge.from}" leads to itself.`,
      fix: 'Lead it to another step, or use the step’s retries.',
      path: ['to'],
    }
  }
  const [from, to] = [document.nodes[edge.from]!.in, document.nodes[edge.to]!.in]
  if (from !== to) {
    return {
      code: 'edge-crosses-loop',
      message: `"${edge.from}" and "${edge.to}" are not in the same loop.`,
      fix: `Lead the edge to the loop itself, or move ${from === undefined ? `"${edge.from}" into it` : 'one of the two'}.`,
      path: ['to'],
    }
  }
  if (isKnown) {
    return { code: 'edge-duplicate', message: 'This edge is there twice.', fix: 'Remove one of the two.', path: [] }
  }
  const outcomes = namesOfOutcomes(document, catalogue, edge.from)
  if (outcomes === null || outcomes.includes(edge.on)) return null
  return {
    code: 'edge-outcome-unknown',
    message: `"${edge.from}" never ends as "${edge.on}".`,
    fix: suggest(edge.on, outcomes, 'outcome'),
    path: ['on'],
  }
}

/** Null while the step's type is unknown, which is a problem of its own. */
function namesOfOutcomes(document: RunbookDocument, catalogue: Catalogue, id: string): string[] | null {
  const node = document.nodes[id]
  const nodeType = node ? findNodeType(catalogue, node.type) : null
  return node && nodeType ? [...outcomesOf(node, nodeType).map(({ name }) => name), ...everyOutcome] : null
}

/**
 * Whether an edge may be added, with the reason when not. Quick enough to be asked while an edge is dragged.
 *
 * @example canConnect(document, catalogue, { from: 'source', on: 'normal', to: 'loss' })
 */
export function canConnect(
  document: RunbookDocument,
  catalogue: Catalogue,
  edge: DocumentEdge,
): { ok: true } | { ok: false; reason: string } {
  const isKnown = document.edges.some((known) => edgeKey(known) === edgeKey(edge))
  const problem = edgeProblem(edge, { document, catalogue, isKnown })
  if (problem)
    return { ok: false, reason: problem.code === 'edge-duplicate' ? 'They are connected already.' : problem.message }
  const graph = buildGraph(document)
  if (graph.isUpstream(edge.to, edge.from)) {
    return { ok: false, reason: `"${edge.to}" runs before "${edge.from}": the steps would run in a circle.` }
  }
  const known = new Set(document.edges.filter(({ to }) => to === edge.to).map(({ from }) => from))
  const [twin] = document.edges.filter(({ from, on, to }) => from === edge.from && to === edge.to && on === 'always')
  if (known.has(edge.from) && twin && edge.on !== 'error') {
    return { ok: false, reason: `"${edge.from}" leads to "${edge.to}" whatever its outcome already.` }
  }
  return { ok: true }
}
