/** Everything that can be said about a document before it runs. The same in the browser, the server and the tests. */
import type { Catalogue } from './catalogue.ts'
import { checkGraph } from './check-graph.ts'
import { checkNode } from './check-node.ts'
import { checkSettings } from './check-settings.ts'
import type { Problem, RunbookDocument } from './document.ts'
import { certainSteps } from './certain-steps.ts'
import { buildGraph } from './graph.ts'
import { expressionScope } from './scope.ts'

/** Larger graphs are no longer read by people; the canvas and the histories would suffer too. */
export const mostNodes = 500

/**
 * All problems of a document, errors and warnings, in document order. A document without errors compiles, and what it runs can then only fail
 * for reasons outside of it.
 *
 * @example validateRunbook(document, catalogue).filter((problem) => problem.severity === 'error')
 */
export function validateRunbook(document: RunbookDocument, catalogue: Catalogue): Problem[] {
  const count = Object.keys(document.nodes).length
  if (count > mostNodes) {
    const message = `The runbook has ${count} nodes; ${mostNodes} are allowed.`
    return [{ code: 'too-many-nodes', severity: 'error', message, fix: 'Split it into several.', path: ['nodes'] }]
  }
  const graph = buildGraph(document)
  const context = {
    document,
    catalogue,
    graph,
    scope: expressionScope(document, catalogue),
    certain: certainSteps(graph),
  }
  return [
    ...checkSettings(document),
    ...Object.keys(document.nodes).flatMap((id) => checkNode(id, context)),
    ...checkGraph(context),
  ]
}
