import { expect, test } from 'vitest'
import { loopAt, loopFrames } from './loop-frame.ts'

const node = (loop?: string) => ({ type: 'x.y', with: {}, join: 'all' as const, ...(loop ? { in: loop } : {}) })
const places: Record<string, { x: number; y: number }> = {
  outer: { x: 0, y: 0 },
  inner: { x: 0, y: 200 },
  step: { x: 300, y: 200 },
  alone: { x: 2000, y: 0 },
}
const nodes = { outer: node(), inner: node('outer'), step: node('inner'), alone: node() }
const frames = loopFrames(['inner', 'outer'], {
  document: { nodes },
  placeOf: (id) => places[id]!,
  heightOf: () => 100,
})

test('a frame holds its card, its steps and the frames inside', () => {
  expect([...frames.keys()]).toEqual(['outer', 'inner'])
  expect(frames.get('inner')).toEqual({ x: -24, y: 176, width: 564, height: 148 })
  expect(frames.get('outer')).toEqual({ x: -48, y: -24, width: 612, height: 372 })
})

test('a point is in the innermost loop', () => {
  expect(loopAt(frames, { x: 400, y: 250 })).toBe('inner')
  expect(loopAt(frames, { x: 10, y: 10 })).toBe('outer')
  expect(loopAt(frames, { x: 2010, y: 10 })).toBeUndefined()
})

test('a loop without steps has room for the first', () => {
  const empty = loopFrames(['outer'], {
    document: { nodes: { outer: node() } },
    placeOf: () => ({ x: 0, y: 0 }),
    heightOf: () => 100,
  })
  expect(empty.get('outer')?.height).toBeGreaterThan(200)
})
