/** The document's graph: order, cycles, what comes before what. Built once a validation; unknown ends of edges are left out. */
import type { DocumentEdge, RunbookDocument } from './document.ts'

export interface Graph {
  /** Topological, ties in document order; steps in a cycle are missing from it. */
  order: readonly string[]
  /** Steps of one cycle, in order; empty when there is none. */
  cycle: readonly string[]
  incoming(id: string): readonly DocumentEdge[]
  outgoing(id: string): readonly DocumentEdge[]
  /** Whether a path leads from `ancestor` to `id`. */
  isUpstream(ancestor: string, id: string): boolean
  /** Longest distance from a first step; undefined inside or after a cycle. */
  depth(id: string): number | undefined
}

export function buildGraph(document: Pick<RunbookDocument, 'nodes' | 'edges'>): Graph {
  const ids = Object.keys(document.nodes)
  const incoming = new Map<string, DocumentEdge[]>(ids.map((id) => [id, []]))
  const outgoing = new Map<string, DocumentEdge[]>(ids.map((id) => [id, []]))
  for (const edge of document.edges) {
    if (!incoming.has(edge.to) || !outgoing.has(edge.from)) continue
    incoming.get(edge.to)!.push(edge)
    outgoing.get(edge.from)!.push(edge)
  }
  const order: string[] = []
  const depths = new Map<string, number>()
  const waiting = new Map(ids.map((id) => [id, incoming.get(id)!.length]))
  const ready = ids.filter((id) => waiting.get(id) === 0)
  for (let next = 0; next < ready.length; next += 1) {
    const id = ready[next]!
    order.push(id)
    const depth = incoming.get(id)!.reduce((deepest, edge) => Math.max(deepest, depths.get(edge.from)! + 1), 0)
    depths.set(id, depth)
    for (const edge of outgoing.get(id)!) {
      const left = waiting.get(edge.to)! - 1
      waiting.set(edge.to, left)
      if (left === 0) ready.push(edge.to)
    }
  }
  const ancestors = new Map<string, Set<string>>()
  const ancestorsOf = (id: string): Set<string> => {
    const known = ancestors.get(id)
    if (known) return known
    const found = new Set<string>()
    const stack = [...(incoming.get(id) ?? [])]
    for (let edge = stack.pop(); edge; edge = stack.pop()) {
      if (found.has(edge.from)) continue
      found.add(edge.from)
      stack.push(...incoming.get(edge.from)!)
    }
    ancestors.set(id, found)
    return found
  }
  return {
    order,
    cycle:
      order.length === ids.length
        ? []
        : findCycle(
            ids.filter((id) => waiting.get(id)! > 0),
            outgoing,
          ),
    incoming: (id) => incoming.get(id) ?? [],
    outgoing: (id) => outgoing.get(id) ?? [],
    isUpstream: (ancestor, id) => ancestorsOf(id).has(ancestor),
    depth: (id) => depths.get(id),
  }
}

/** Follows edges among steps that no topological order takes until one repeats. */
function findCycle(left: string[], outgoing: Map<string, DocumentEdge[]>): string[] {
  const candidates = new Set(left)
  // Steps behind a cycle are left over too; those that lead nowhere among the rest are not on one.
  for (let shrunk = true; shrunk;) {
    shrunk = false
    for (const id of candidates) {
      if (outgoing.get(id)!.some((edge) => candidates.has(edge.to))) continue
      candidates.delete(id)
      shrunk = true
    }
  }
  const path: string[] = []
  let current = [...candidates][0]
  while (current !== undefined && !path.includes(current)) {
    path.push(current)
    current = outgoing.get(current)!.find((edge) => candidates.has(edge.to))?.to
  }
  return current === undefined ? [] : path.slice(path.indexOf(current))
}
