import type { Graph } from './graph.ts'
import { IdSet } from './id-set.ts'

/** How `certainSteps` names a step that is sure to have failed. No step id has a dash. */
export const failedStep = (id: string): string => `failed-${id}`

/** What is sure to have happened. */
export interface Certainty {
  /**
   * For each step the steps that are sure to be done whenever it runs: those on every path to it and to the loops around it; and, by `failedStep`, those
   * that are sure to have failed. What is read of any other step may be missing, because that one may have been skipped.
   */
  before(id: string): Pick<IdSet, 'has'>
  /** Steps of a loop that are sure to be done when a round of it has ended well; and what is sure before the loop. */
  atRoundEnd(loop: string): Pick<IdSet, 'has'>
}

/** @param oneIsEnough whether a step runs when one of its paths has arrived. */
export function certainSteps(graph: Graph, oneIsEnough: (id: string) => boolean): Certainty {
  const nothing = IdSet.among(graph.order.flatMap((id) => [id, failedStep(id)]))
  const certain = new Map<string, IdSet>()
  for (const id of graph.order) {
    const loop = graph.loopOf(id)
    const [first, ...others] = graph.incoming(id).map(({ from, on }) =>
      // Whoever comes over `error` failed and has no output.
      certain
        .get(from)!
        .copy()
        .add(on === 'error' ? failedStep(from) : from),
    )
    const sure = others.reduce((common, path) => common.keepOnly(path), first ?? nothing.copy())
    certain.set(id, loop === null ? sure : sure.addAll(certain.get(loop)!))
  }
  return {
    before: (id) => certain.get(id) ?? nothing,
    atRoundEnd(loop) {
      const sure = (certain.get(loop) ?? nothing).copy()
      for (const id of graph.order) {
        if (graph.loopOf(id) !== loop || graph.outgoing(id).some(({ on }) => on === 'error')) continue
        const incoming = graph.incoming(id)
        const reached = incoming.map(({ from, on }) => on === 'always' && sure.has(from))
        if (incoming.length === 0 || (oneIsEnough(id) ? reached.some(Boolean) : reached.every(Boolean))) sure.add(id)
      }
      return sure
    },
  }
}
