/** Where a step goes that was added without a place: right of the selected one, below what is there already. Pure. */
import type { RunbookDocument } from '@tenon/runbook'
import { cardWidth } from './card-geometry.ts'
import type { Position } from './document-commands.ts'

const columnGap = 84
const rowStep = 148

export function placeForNew(document: Pick<RunbookDocument, 'nodes' | 'layout'>, after: string | undefined): Position {
  const places = Object.keys(document.nodes).flatMap((id) => document.layout[id] ?? [])
  if (places.length === 0) return { x: 0, y: 0 }
  const beside = after ? document.layout[after] : undefined
  const x = beside
    ? beside.x + cardWidth + columnGap
    : Math.max(...places.map((place) => place.x)) + cardWidth + columnGap
  let y = beside ? beside.y : Math.min(...places.map((place) => place.y))
  while (places.some((place) => Math.abs(place.x - x) < cardWidth && Math.abs(place.y - y) < rowStep)) y += rowStep
  return { x, y }
}
