import { expect, it } from 'vitest'
import { linkKey, nearestEntities, type RelationGraph } from './relation-graph.ts'

const graph: RelationGraph = {
  root: 'a',
  entities: ['a', 'b', 'c'].map((id) => ({ id, kind: 'service', attributes: {} })),
  links: [
    { from: 'a', to: 'b', kind: 'calls', hops: 1 },
    { from: 'b', to: 'c', kind: 'calls', hops: 2 },
  ],
}

it('keeps the nearest, and only links whose both ends are kept', () => {
  const near = nearestEntities(graph, 2)
  expect(near.entities.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(near.links.map(linkKey)).toEqual(['a calls b'])
  expect(nearestEntities(graph, 3)).toBe(graph)
})
