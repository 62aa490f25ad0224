import { describe, expect, it } from 'vitest'
import { graphLayout } from './graph-layout.ts'

const link = (text: string) => {
  const [from = '', to = ''] = text.split('>')
  return { from, to }
}
const places = (root: string, ...links: string[]) =>
  Object.fromEntries(graphLayout(root, links.map(link)).map(({ id, column, row }) => [id, [column, row]]))

describe('the layout of a relation graph', () => {
  it('puts dependencies to the right and dependents to the left', () => {
    expect(places('payment', 'payment>db', 'cashier>payment', 'gateway>cashier')).toEqual({
      payment: [0, 0],
      db: [1, 0],
      cashier: [-1, 0],
      gateway: [-2, 0],
    })
  })
  it('centres a column and keeps neighbours near', () => {
    const placed = places('a', 'a>b', 'a>c', 'b>d', 'c>e')
    expect(placed['b']).toEqual([1, -0.5])
    expect(placed['c']).toEqual([1, 0.5])
    expect(placed['d']![1]).toBeLessThan(placed['e']![1]!)
  })
  it('takes a cycle and itself', () => {
    expect(places('a', 'a>b', 'b>a', 'a>a')).toEqual({ a: [0, 0], b: [1, 0] })
  })
  it('finds a place for what is reached there and back', () => {
    const placed = places('a', 'a>b', 'c>b')
    expect(placed['c']).toEqual([0, 1])
    expect(placed['a']).toEqual([0, 0])
  })
  it('leaves what is not linked out', () => {
    expect(graphLayout('a', [link('x>y')])).toEqual([{ id: 'a', column: 0, row: 0 }])
  })
  it('never puts two in one place', () => {
    const links = Array.from({ length: 300 }, (_, n) => `n${n % 40}>n${(n * 7) % 90}`)
    const all = graphLayout('n0', links.map(link))
    expect(new Set(all.map(({ column, row }) => `${column} ${row}`)).size).toBe(all.length)
  })
})
