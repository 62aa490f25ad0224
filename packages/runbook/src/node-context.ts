/** What is known of a document while its nodes are checked. Made once a validation. */
import type { Catalogue } from './catalogue.ts'
import { type Certainty, certainSteps } from './certain-steps.ts'
import type { RunbookDocument } from './document.ts'
import { buildGraph, type Graph } from './graph.ts'
import { documentScopes, findNodeType, type Scopes } from './scope.ts'

export interface NodeContext {
  document: RunbookDocument
  catalogue: Catalogue
  graph: Graph
  scopes: Scopes
  certain: Certainty
  /** Approve steps whose `approved` leads straight to this write: it is planned before they ask. */
  approversOf(id: string): string[]
}

export function nodeContext(document: RunbookDocument, catalogue: Catalogue): NodeContext {
  const graph = buildGraph(document)
  const effectOf = (id: string): string | undefined => findNodeType(catalogue, document.nodes[id]?.type ?? '')?.effect
  return {
    document,
    catalogue,
    graph,
    scopes: documentScopes(document, catalogue, graph),
    certain: certainSteps(graph, (id) => typeof document.nodes[id]?.join !== 'object'),
    approversOf(id) {
      if (effectOf(id) !== 'write') return []
      return graph
        .incoming(id)
        .flatMap(({ from, on }) => (on === 'approved' && effectOf(from) === 'approve' ? [from] : []))
    },
  }
}
