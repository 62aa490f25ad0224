import { describe, expect, it } from 'vitest'
import { topologyLayout } from './topology-layout.ts'

const place = (ids: string[], edges: [string, string][]) =>
  topologyLayout(
    ids,
    edges.map(([from, to]) => ({ from, to })),
  )

describe('topologyLayout', () => {
  it('puts each node right of everything that leads to it', () => {
    const { nodes, columns, rows } = place(
      ['source', 'trade', 'payment', 'risk', 'db'],
      [
        ['source', 'trade'],
        ['trade', 'payment'],
        ['payment', 'risk'],
        ['trade', 'risk'],
        ['payment', 'db'],
      ],
    )
    expect(Object.fromEntries(nodes.map((node) => [node.id, node.column]))).toEqual({
      source: 0,
      trade: 1,
      payment: 2,
      risk: 3,
      db: 3,
    })
    expect([columns, rows]).toEqual([4, 2])
    expect(nodes.find((node) => node.id === 'source')?.row).toBe(0.5)
  })
  it('survives cycles, links to unknown nodes and self links', () => {
    const { nodes } = place(
      ['a', 'b'],
      [
        ['a', 'b'],
        ['b', 'a'],
        ['a', 'a'],
        ['b', 'gone'],
      ],
    )
    expect(nodes.map((node) => node.column)).toEqual([0, 1])
  })
})
