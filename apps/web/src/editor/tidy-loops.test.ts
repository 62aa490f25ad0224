import { expect, test } from 'vitest'
import { loopFrames } from './loop-frame.ts'
import { tidyLoops } from './tidy-loops.ts'

const node = (loop?: string) => ({ type: 'x.y', with: {}, join: 'all' as const, ...(loop ? { in: loop } : {}) })
const nodes = {
  before: node(),
  loop: node(),
  a: node('loop'),
  b: node('loop'),
  deep: node('loop'),
  z: node('deep'),
  after: node(),
}
const edges = [
  { from: 'before', on: 'x', to: 'loop' },
  { from: 'a', on: 'x', to: 'b' },
  { from: 'b', on: 'x', to: 'deep' },
  { from: 'loop', on: 'x', to: 'after' },
]
const layout = tidyLoops({ nodes, edges }, () => 100)

test('every step has a place, and those of a loop lie below its card, in order', () => {
  expect(Object.keys(layout).toSorted()).toEqual(Object.keys(nodes).toSorted())
  expect(layout['a']!.y).toBeGreaterThan(layout['loop']!.y + 100)
  expect(layout['b']!.x).toBeGreaterThan(layout['a']!.x)
  expect(layout['z']!.y).toBeGreaterThan(layout['deep']!.y + 100)
})

test('nothing else lies in a loop’s frame', () => {
  const frame = loopFrames(['loop', 'deep'], {
    document: { nodes },
    placeOf: (id) => layout[id]!,
    heightOf: () => 100,
  }).get('loop')!
  expect(layout['before']!.x + 216).toBeLessThanOrEqual(frame.x)
  expect(layout['after']!.x).toBeGreaterThanOrEqual(frame.x + frame.width)
})
