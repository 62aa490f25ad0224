/** The tidy layout of a runbook with loops: each loop's steps are laid out below its card, and the loop as a whole takes its place as one block. */
import type { DocumentNode, RunbookDocument } from '@tenon/runbook'
import { cardWidth } from './card-geometry.ts'
import type { Position } from './document-commands.ts'
import { tidyLayout } from './tidy-layout.ts'

const columnWidth = cardWidth + 84
const rowGap = 28
/** Between a loop's card and its steps, and around them: the frame is drawn there. */
const gap = 56

export function tidyLoops(
  { nodes, edges }: Pick<RunbookDocument, 'nodes' | 'edges'>,
  cardHeightOf: (node: DocumentNode) => number,
): Record<string, Position> {
  const inside = Map.groupBy(Object.keys(nodes), (id) => {
    const loop = nodes[id]?.in
    return loop !== undefined && loop in nodes ? loop : null
  })
  const layout: Record<string, Position> = {}

  /** Lays out the steps of a loop (or the top) from 0, 0; gives the size. */
  function place(loop: string | null, around: readonly string[]): { width: number; height: number } {
    const ids = inside.get(loop) ?? []
    const bodies = new Map(
      ids.flatMap((id) => (inside.has(id) && !around.includes(id) ? [[id, place(id, [...around, id])] as const] : [])),
    )
    const heightOf = (id: string): number => {
      const body = bodies.get(id)
      return cardHeightOf(nodes[id]!) + (body ? gap + body.height + gap / 2 : 0)
    }
    const extraWidthOf = (id: string): number =>
      Math.max(0, (bodies.get(id)?.width ?? 0) - cardWidth) + (bodies.has(id) ? gap : 0)
    const own = Object.fromEntries(ids.map((id) => [id, nodes[id]!]))
    const within = edges.filter(({ from, to }) => from in own && to in own)
    const places = tidyLayout({ nodes: own, edges: within }, { columnWidth, rowGap, heightOf, extraWidthOf })
    for (const [id, at] of Object.entries(places)) {
      layout[id] = at
      shift(id, { x: at.x, y: at.y + cardHeightOf(nodes[id]!) + gap })
    }
    const right = ids.map((id) => (places[id]?.x ?? 0) + cardWidth + extraWidthOf(id))
    const bottom = ids.map((id) => (places[id]?.y ?? 0) + heightOf(id))
    return { width: Math.max(0, ...right), height: Math.max(0, ...bottom) }
  }

  /** Moves what is in a loop, laid out from 0, 0, to where the loop is. */
  function shift(loop: string, by: Position): void {
    for (const id of inside.get(loop) ?? []) {
      const at = layout[id]
      if (!at) continue
      layout[id] = { x: at.x + by.x, y: at.y + by.y }
      shift(id, by)
    }
  }

  place(null, [])
  return layout
}
