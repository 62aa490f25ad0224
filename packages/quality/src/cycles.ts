/** Import cycles: two files that need each other are one idea in two places, and load in an order that nobody chose. */
import type { ModuleGraph } from './module-graph.ts'

/**
 * The cycles of the graph, one a strongly connected component, each as the files of it. Imports of types count too: they are
 * erased, but a reader still cannot understand one file without the other.
 */
export function findCycles(graph: ModuleGraph): string[][] {
  const index = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []

  // Tarjan's algorithm (SIAM J. Comput. 1 (2), 1972): recursion depth is the longest chain of imports, some tens.
  const visit = (path: string): number => {
    const own = index.size
    index.set(path, own)
    let lowest = own
    stack.push(path)
    for (const { file } of graph.files.get(path)?.imports ?? []) {
      if (file === null || !graph.files.has(file)) continue
      if (!index.has(file)) lowest = Math.min(lowest, visit(file))
      else if (stack.includes(file)) lowest = Math.min(lowest, index.get(file) ?? lowest)
    }
    if (lowest === own) {
      const component = stack.splice(stack.indexOf(path))
      if (component.length > 1) cycles.push(component.sort())
    }
    return lowest
  }

  for (const path of graph.files.keys()) if (!index.has(path)) visit(path)
  return cycles
}
