/** The graph around an entity, and what is chosen in it. Pure. */
import type { Outputs } from '../ui/api.tsx'

export type RelationGraph = Outputs['data']['relations']
export type RelationLink = RelationGraph['links'][number]
export type GraphChoice = { kind: 'entity'; id: string } | { kind: 'link'; key: string }

/** No two links of a graph have the same. */
export function linkKey({ from, kind, to }: Pick<RelationLink, 'from' | 'kind' | 'to'>): string {
  return `${from} ${kind} ${to}`
}

/** The first `most` entities, which stand nearest first, and the links between them. */
export function nearestEntities(graph: RelationGraph, most: number): RelationGraph {
  if (graph.entities.length <= most) return graph
  const entities = graph.entities.slice(0, most)
  const kept = new Set(entities.map(({ id }) => id))
  return { ...graph, entities, links: graph.links.filter(({ from, to }) => kept.has(from) && kept.has(to)) }
}

/** Without links of these kinds, and without what is then no longer linked to the root. */
export function withoutKinds(graph: RelationGraph, hidden: ReadonlySet<string>): RelationGraph {
  if (hidden.size === 0) return graph
  const kept = graph.links.filter(({ kind }) => !hidden.has(kind))
  const near = Map.groupBy(
    kept.flatMap(({ from, to }) => [
      { here: from, there: to },
      { here: to, there: from },
    ]),
    ({ here }) => here,
  )
  const reached = new Set([graph.root])
  for (const id of reached) for (const { there } of near.get(id) ?? []) reached.add(there)
  return {
    ...graph,
    entities: graph.entities.filter(({ id }) => reached.has(id)),
    links: kept.filter(({ from }) => reached.has(from)),
  }
}
