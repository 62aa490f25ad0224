import type { Graph } from './graph.ts'

/**
 * For each step the steps that are sure to be done whenever it runs: those on every path to it. What is read of any other step may be missing,
 * because that one may have been skipped.
 */
export function certainSteps(graph: Graph): ReadonlyMap<string, ReadonlySet<string>> {
  const certain = new Map<string, ReadonlySet<string>>()
  for (const id of graph.order) {
    const paths = graph.incoming(id).map(({ from, on }) => {
      const through = new Set(certain.get(from))
      // Whoever comes over `error` failed and has no output.
      return on === 'error' ? through : through.add(from)
    })
    const [first = new Set<string>(), ...others] = paths
    certain.set(id, new Set([...first].filter((step) => others.every((other) => other.has(step)))))
  }
  return certain
}
