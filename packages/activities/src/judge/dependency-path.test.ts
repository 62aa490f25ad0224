import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dependencyPath, shortestWay, type Link } from './dependency-path.ts'

const links = (...pairs: string[]): Link[] =>
  pairs.map((pair) => {
    const [from = '', to = ''] = pair.split('>')
    return { from, to }
  })
const path = (all: Link[], abnormal: string[], onsets: Record<string, number> = {}) =>
  dependencyPath('a', { links: all, abnormal: new Set(abnormal), onsetOf: (id) => onsets[id] ?? null })

test('the deepest abnormal one that is reached over abnormal ones is the root', () => {
  expect(path(links('a>b', 'b>c', 'a>d'), ['b', 'c'])).toEqual({
    reached: ['b', 'c'],
    roots: ['c'],
    hot: links('a>b', 'b>c'),
  })
})

test('what lies behind a healthy one is not reached', () => {
  expect(path(links('a>b', 'b>c'), ['c'])).toEqual({ reached: [], roots: [], hot: [] })
})

test('two at once are two roots', () => {
  expect(path(links('a>b', 'a>c'), ['b', 'c']).roots).toEqual(['b', 'c'])
})

test('of a cycle the first to become abnormal is the root', () => {
  expect(path(links('a>b', 'b>c', 'c>b', 'c>a'), ['b', 'c'], { b: 20, c: 10 }).roots).toEqual(['c'])
})

test('any graph ends, and names a root whenever something is reached', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  fc.assert(
    fc.property(fc.array(fc.record({ from: id, to: id }), { maxLength: 20 }), fc.array(id), (all, abnormal) => {
      const found = path(all, abnormal)
      expect(found.roots.length > 0).toBe(found.reached.length > 0)
      for (const root of found.roots) expect(found.reached).toContain(root)
      expect(found.reached).not.toContain('a')
    }),
  )
})

test('the shortest way over links, and none where there is none', () => {
  const all = links('a>b', 'b>c', 'c>a', 'b>d', 'd>e', 'c>e')
  expect(shortestWay('a', 'd', all)).toEqual(links('a>b', 'b>d'))
  expect(shortestWay('a', 'e', all)).toHaveLength(3)
  expect(shortestWay('a', 'a', all)).toEqual([])
  expect(shortestWay('e', 'a', all)).toEqual([])
})
