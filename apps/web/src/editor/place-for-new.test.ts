import { expect, test } from 'vitest'
import { placeForNew } from './place-for-new.ts'

const node = { type: 'a.b', with: {}, join: 'all' as const }

test('the first step begins the canvas', () => {
  expect(placeForNew({ nodes: {}, layout: {} }, undefined)).toEqual({ x: 0, y: 0 })
})

test('it goes right of the selected step, and below what is there', () => {
  const nodes = { a: node, b: node }
  expect(placeForNew({ nodes: { a: node }, layout: { a: { x: 10, y: 20 } } }, 'a')).toEqual({ x: 310, y: 20 })
  expect(placeForNew({ nodes, layout: { a: { x: 10, y: 20 }, b: { x: 310, y: 20 } } }, 'a')).toEqual({ x: 310, y: 168 })
})
