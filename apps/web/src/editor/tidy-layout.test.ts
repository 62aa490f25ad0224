import { expect, test } from 'vitest'
import { tidyLayout } from './tidy-layout.ts'

const node = { type: 'x.y', with: {}, join: 'all' as const }
const options = { columnWidth: 280, rowGap: 40, heightOf: () => 100 }

test('each step stands right of every step before it, and no two cards overlap', () => {
  const edges = [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'd'],
    ['c', 'd'],
    ['a', 'd'],
  ].map(([from, to]) => ({ from: from!, on: 'always', to: to! }))
  const layout = tidyLayout({ nodes: { a: node, b: node, c: node, d: node }, edges }, options)
  for (const edge of edges) expect(layout[edge.to]!.x).toBeGreaterThan(layout[edge.from]!.x)
  expect(Math.abs(layout['b']!.y - layout['c']!.y)).toBeGreaterThanOrEqual(140)
})

test('rows follow the rows before, so that parallel paths do not cross', () => {
  const edges = [
    { from: 'a', on: 'x', to: 'b' },
    { from: 'a', on: 'y', to: 'c' },
    { from: 'c', on: 'x', to: 'c2' },
    { from: 'b', on: 'x', to: 'b2' },
  ]
  const layout = tidyLayout({ nodes: { a: node, b: node, c: node, c2: node, b2: node }, edges }, options)
  expect(Math.sign(layout['b']!.y - layout['c']!.y)).toBe(Math.sign(layout['b2']!.y - layout['c2']!.y))
})

test('a cycle, which validation refuses, still gets a layout', () => {
  const edges = [
    { from: 'a', on: 'x', to: 'b' },
    { from: 'b', on: 'x', to: 'a' },
  ]
  expect(Object.keys(tidyLayout({ nodes: { a: node, b: node }, edges }, options))).toHaveLength(2)
})

test('an edge that passes a column does not run behind its card', () => {
  const edges = [
    { from: 'a', on: 'x', to: 'b' },
    { from: 'b', on: 'x', to: 'c' },
    { from: 'a', on: 'y', to: 'c' },
  ]
  const layout = tidyLayout({ nodes: { a: node, b: node, c: node }, edges }, options)
  const straight = layout['a']!.y + 50
  expect(layout['c']!.y + 50).toBe(straight)
  const middle = layout['b']!.y + 50
  expect(Math.abs(middle - straight)).toBeGreaterThan(50)
})
