import { expect, it } from 'vitest'
import { linkKey, nearestEntities, type RelationGraph, withoutKinds } from './relation-graph.ts'

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

it('leaves out what is linked to the root only by hidden kinds', () => {
  const links = [...graph.links, { from: 'c', to: 'd', kind: 'runs-on' as const, hops: 3 }]
  const entities = [...graph.entities, { id: 'd', kind: 'host', attributes: {} }]
  const shown = withoutKinds({ ...graph, links, entities }, new Set(['runs-on']))
  expect(shown.entities.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(withoutKinds(graph, new Set(['calls']))).toMatchObject({ entities: [{ id: 'a' }], links: [] })
})
