/** Where the canvas opens. The whole graph when it can be read, else its beginning: a graph that is shown too small says nothing. Pure. */
import type { RunbookDocument } from '@tenon/runbook'
import { cardWidth } from './card-geometry.ts'

export interface View {
  x: number
  y: number
  zoom: number
}

const margin = 40
const readable = 0.72
/** About the middle of a card's height; exact heights change nothing that can be seen. */
const usualHeight = 140

export function firstView(layout: RunbookDocument['layout'], pane: { width: number; height: number }): View {
  const places = Object.values(layout)
  if (places.length === 0) return { x: pane.width / 3, y: pane.height / 3, zoom: 1 }
  const left = Math.min(...places.map(({ x }) => x))
  const top = Math.min(...places.map(({ y }) => y))
  const width = Math.max(...places.map(({ x }) => x)) + cardWidth - left
  const height = Math.max(...places.map(({ y }) => y)) + usualHeight - top
  const fitting = Math.min((pane.width - 2 * margin) / width, (pane.height - 2 * margin) / height, 1)
  const zoom = Math.max(fitting, readable)
  const centred = (size: number, whole: number): number => (whole - size * zoom) / 2
  return {
    x: Math.max(centred(width, pane.width), margin) - left * zoom,
    y: Math.max(centred(height, pane.height), margin) - top * zoom,
    zoom,
  }
}
