import { expect, test } from 'vitest'
import { hotPath, topologyList } from './topology-parts.ts'

const nodes = [
  { id: 'web', title: 'Web' },
  { id: 'pay', title: 'Payment', verdict: 'abnormal' as const, kind: 'service', note: 'p95 1.9 s, usual 0.2 s' },
  { id: 'db', title: 'Database', verdict: 'abnormal' as const },
  { id: 'stock', title: 'Stock', verdict: 'normal' as const },
]

test('what is marked hot is the path, with both of its ends', () => {
  const path = hotPath({
    nodes,
    edges: [
      { from: 'web', to: 'pay', hot: true },
      { from: 'pay', to: 'db' },
    ],
  })
  expect(path.isHotEdge({ from: 'web', to: 'pay', hot: true })).toBe(true)
  expect(path.isHotEdge({ from: 'pay', to: 'db' })).toBe(false)
  expect(nodes.filter(({ id }) => path.isHotNode(id)).map(({ id }) => id)).toEqual(['web', 'pay', 'db'])
})

test('without marks the links between abnormal parts are; with neither nothing is dimmed', () => {
  const edges = [
    { from: 'pay', to: 'db' },
    { from: 'web', to: 'pay' },
  ]
  const path = hotPath({ nodes, edges })
  expect(edges.map((edge) => path.isHotEdge(edge))).toEqual([true, false])
  expect(hotPath({ nodes: [{ id: 'a', title: 'A' }], edges: [] }).isEmpty).toBe(true)
})

test('the list tells the same in words, the hot path first; links into nowhere keep their id', () => {
  const list = topologyList({
    nodes,
    edges: [
      { from: 'pay', to: 'db', hot: true },
      { from: 'pay', to: 'gone' },
      { from: 'pay', to: 'pay' },
    ],
  })
  expect(list.map(({ title }) => title)).toEqual(['Payment', 'Database', 'Web', 'Stock'])
  expect(list[0]).toMatchObject({
    kind: 'service',
    note: 'p95 1.9 s, usual 0.2 s',
    uses: [
      { title: 'Database', isHot: true },
      { title: 'gone', isHot: false },
      { title: 'Payment', isHot: false },
    ],
  })
})
