import type { Graph } from './graph.ts'

/** How `certainSteps` names a step that is sure to have failed. No step id has a dash. */
export const failedStep = (id: string): string => `failed-${id}`

/**
 * For each step the steps that are sure to be done whenever it runs: those on every path to it; and, by `failedStep`, those that are sure to have failed. What is read of any other step may be missing,
 * because that one may have been skipped.
 */
export function certainSteps(graph: Graph): ReadonlyMap<string, ReadonlySet<string>> {
  const certain = new Map<string, ReadonlySet<string>>()
  for (const id of graph.order) {
    const paths = graph.incoming(id).map(({ from, on }) => {
      const through = new Set(certain.get(from))
      // Whoever comes over `error` failed and has no output.
      return through.add(on === 'error' ? failedStep(from) : from)
    })
    const [first = new Set<string>(), ...others] = paths
    certain.set(id, new Set([...first].filter((step) => others.every((other) => other.has(step)))))
  }
  return certain
}
