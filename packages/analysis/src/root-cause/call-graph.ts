/** Who calls whom, seen from one node: which calls lead away from it, however the graph is knotted. */

export interface CallGraph {
  /** In breadth-first order from the target, which is the first; only what it reaches. */
  nodes: string[]
  /** Of each node the nodes that it calls, without those that lead back towards the target. */
  callees: Map<string, string[]>
  /** Calls that were left out because they close a circle. */
  circles: [from: string, to: string][]
}

/**
 * A call that leads back to a node from which its caller is reached, and which is not farther from the target, is a circle: what waits
 * for itself has no deepest place. It is left out and told.
 */
export function callGraphFrom(target: string, calls: readonly (readonly [from: string, to: string])[]): CallGraph {
  const all = new Map<string, Set<string>>()
  for (const [from, to] of calls) {
    if (from === to) continue
    const own = all.get(from)
    if (own) own.add(to)
    else all.set(from, new Set([to]))
  }
  const depth = new Map([[target, 0]])
  // A Map may grow while it is walked; new entries come last.
  for (const [node, steps] of depth) {
    for (const callee of all.get(node) ?? []) if (!depth.has(callee)) depth.set(callee, steps + 1)
  }
  const nodes = [...depth.keys()]
  const group = circlesOf(nodes, all)
  const callees = new Map<string, string[]>()
  const circles: [string, string][] = []
  for (const node of nodes) {
    const kept: string[] = []
    for (const callee of all.get(node) ?? []) {
      if (group.get(callee) === group.get(node) && depth.get(callee)! <= depth.get(node)!) circles.push([node, callee])
      else kept.push(callee)
    }
    callees.set(node, kept)
  }
  return { nodes, callees, circles }
}

/** Strongly connected components (Tarjan 1972, without recursion): nodes of one number reach each other. */
function circlesOf(nodes: readonly string[], callees: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const group = new Map<string, number>()
  const open: string[] = []
  let groups = 0
  for (const root of nodes) {
    if (order.has(root)) continue
    const walk = [{ node: root, next: [...(callees.get(root) ?? [])] }]
    enter(root)
    while (walk.length > 0) {
      const { node, next } = walk.at(-1)!
      const callee = next.pop()
      if (callee === undefined) {
        walk.pop()
        const caller = walk.at(-1)?.node
        if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(node)!))
        if (low.get(node) === order.get(node)) leave(node)
      } else if (!order.has(callee)) {
        enter(callee)
        walk.push({ node: callee, next: [...(callees.get(callee) ?? [])] })
      } else if (!group.has(callee)) {
        low.set(node, Math.min(low.get(node)!, order.get(callee)!))
      }
    }
  }
  return group

  function enter(node: string): void {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    open.push(node)
  }
  function leave(root: string): void {
    let node: string | undefined
    do {
      node = open.pop()
      if (node !== undefined) group.set(node, groups)
    } while (node !== undefined && node !== root)
    groups++
  }
}
