/**
 * The document's graph: order, cycles, loops, what comes before what. Built once a validation; edges with unknown ends and edges into or out of a loop
 * are left out.
 */
import type { DocumentEdge, RunbookDocument } from './document.ts'
import { IdSet } from './id-set.ts'

export interface Graph {
  /** Topological, a loop before the steps in it, ties in document order; steps in a cycle are missing from it. */
  order: readonly string[]
  /** Steps of one cycle, in order; empty when there is none. */
  cycle: readonly string[]
  incoming(id: string): readonly DocumentEdge[]
  outgoing(id: string): readonly DocumentEdge[]
  /** Whether `ancestor` has ended, or was passed over, whenever `id` runs: a path leads to it, or to a loop around it. */
  isUpstream(ancestor: string, id: string): boolean
  /** The loop that a step is in; null at the top, and where `in` names no step or goes in a circle. */
  loopOf(id: string): string | null
  /** Loops around a step, outermost first. */
  loopsAround(id: string): readonly string[]
  body(loop: string | null): readonly string[]
}

export function buildGraph(document: Pick<RunbookDocument, 'nodes' | 'edges'>): Graph {
  const ids = Object.keys(document.nodes)
  const loops = loopsOf(document)
  const loopOf = (id: string): string | null => loops.get(id)?.at(-1) ?? null
  const incoming = new Map<string, DocumentEdge[]>(ids.map((id) => [id, []]))
  const outgoing = new Map<string, DocumentEdge[]>(ids.map((id) => [id, []]))
  const bodies = new Map<string | null, string[]>()
  for (const id of ids) {
    const body = bodies.get(loopOf(id))
    if (body) body.push(id)
    else bodies.set(loopOf(id), [id])
  }
  for (const edge of document.edges) {
    if (!incoming.has(edge.to) || !outgoing.has(edge.from) || loopOf(edge.from) !== loopOf(edge.to)) continue
    incoming.get(edge.to)!.push(edge)
    outgoing.get(edge.from)!.push(edge)
  }
  const order = orderOf(ids, { incoming, outgoing, bodies, loopOf })
  const ancestors = new Map<string, IdSet>()
  const none = IdSet.among(ids)
  // In the graph's order each set is made of those before it. Steps of a cycle have none: the cycle is the problem to report.
  for (const id of order) {
    const loop = loopOf(id)
    const found = (loop === null ? none : ancestors.get(loop)!).copy()
    for (const { from } of incoming.get(id)!) found.addAll(ancestors.get(from)!).add(from)
    ancestors.set(id, found)
  }
  const left = new Set(ids)
  for (const id of order) left.delete(id)
  return {
    order,
    cycle: left.size === 0 ? [] : findCycle([...left], outgoing),
    incoming: (id) => incoming.get(id) ?? [],
    outgoing: (id) => outgoing.get(id) ?? [],
    isUpstream: (ancestor, id) => (ancestors.get(id) ?? none).has(ancestor),
    loopOf,
    loopsAround: (id) => loops.get(id) ?? [],
    body: (loop) => bodies.get(loop) ?? [],
  }
}

/** The loops around each step, as `in` says; a chain of `in` that goes in a circle or leads nowhere counts as none. */
function loopsOf({ nodes }: Pick<RunbookDocument, 'nodes'>): Map<string, readonly string[]> {
  const known = new Map<string, readonly string[]>()
  for (const id of Object.keys(nodes)) {
    const chain: string[] = []
    let loop = nodes[id]!.in
    while (loop !== undefined && Object.hasOwn(nodes, loop) && loop !== id && !chain.includes(loop)) {
      chain.unshift(loop)
      loop = nodes[loop]!.in
    }
    known.set(id, loop === undefined ? chain : [])
  }
  return known
}

interface Links {
  incoming: Map<string, DocumentEdge[]>
  outgoing: Map<string, DocumentEdge[]>
  bodies: Map<string | null, string[]>
  loopOf(id: string): string | null
}

function orderOf(ids: string[], { incoming, outgoing, bodies, loopOf }: Links): string[] {
  const order: string[] = []
  const waiting = new Map(ids.map((id) => [id, incoming.get(id)!.length + (loopOf(id) === null ? 0 : 1)]))
  const ready = ids.filter((id) => waiting.get(id) === 0)
  const release = (id: string): void => {
    const left = waiting.get(id)! - 1
    waiting.set(id, left)
    if (left === 0) ready.push(id)
  }
  for (let next = 0; next < ready.length; next += 1) {
    const id = ready[next]!
    order.push(id)
    for (const edge of outgoing.get(id)!) release(edge.to)
    for (const inside of bodies.get(id) ?? []) release(inside)
  }
  return order
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
