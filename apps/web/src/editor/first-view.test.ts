import { expect, test } from 'vitest'
import { cardWidth } from './card-geometry.ts'
import { firstView } from './first-view.ts'

const pane = { width: 1000, height: 600 }

test('a small graph is centred and not blown up', () => {
  const view = firstView({ a: { x: 100, y: 50 } }, pane)
  expect(view.zoom).toBe(1)
  expect(100 * view.zoom + view.x + cardWidth / 2).toBe(pane.width / 2)
})

test('a graph that fits readably is shown whole', () => {
  const view = firstView({ a: { x: 0, y: 0 }, b: { x: 900, y: 0 } }, pane)
  expect(view.zoom).toBeLessThan(1)
  expect(view.x).toBeGreaterThanOrEqual(40)
  expect((900 + cardWidth) * view.zoom + view.x).toBeLessThanOrEqual(pane.width - 39)
})

test('a long graph opens at its beginning, readable', () => {
  const view = firstView({ a: { x: -300, y: 0 }, b: { x: 5000, y: 0 } }, pane)
  expect(view.zoom).toBe(0.72)
  expect(-300 * view.zoom + view.x).toBeCloseTo(40)
})

test('an empty canvas has a place', () => {
  expect(firstView({}, pane).zoom).toBe(1)
})
