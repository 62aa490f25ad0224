/** Where a loop's frame lies: around its card and the steps in it. Pure. */
import type { RunbookDocument } from '@tenon/runbook'
import { cardWidth } from './card-geometry.ts'
import type { Position } from './document-commands.ts'

export interface Rectangle extends Position {
  width: number
  height: number
}

const padding = 24
/** Room for the first step of a loop that has none yet, below its card. */
const emptyRoom = 120

export interface FrameInput {
  document: Pick<RunbookDocument, 'nodes'>
  placeOf: (id: string) => Position
  heightOf: (id: string) => number
}

/**
 * The frame of each loop, outermost first; frames of loops inside lie within.
 *
 * @param loops ids of the nodes that are loops, by their type.
 */
export function loopFrames(loops: readonly string[], input: FrameInput): Map<string, Rectangle> {
  const { document, placeOf, heightOf } = input
  const inside = Map.groupBy(Object.keys(document.nodes), (id) => document.nodes[id]?.in)
  const frames = new Map<string, Rectangle>()
  const known = new Set(loops)
  const frameOf = (loop: string, around: readonly string[]): Rectangle => {
    const body = (inside.get(loop) ?? []).filter((id) => !around.includes(id))
    const own = cardOf(loop)
    const parts = body.map((id) => (known.has(id) ? frameOf(id, [...around, loop]) : cardOf(id)))
    const room = body.length === 0 ? [{ ...own, height: own.height + emptyRoom }] : []
    const frame = grown(bounds([own, ...parts, ...room]))
    frames.set(loop, frame)
    return frame
  }
  const cardOf = (id: string): Rectangle => ({ ...placeOf(id), width: cardWidth, height: heightOf(id) })
  for (const loop of loops) {
    const outer = document.nodes[loop]?.in
    if (outer === undefined || !known.has(outer)) frameOf(loop, [])
  }
  return new Map([...frames].toSorted(([, a], [, b]) => b.width * b.height - a.width * a.height))
}

/** The innermost loop whose frame holds the point. */
export function loopAt(frames: ReadonlyMap<string, Rectangle>, at: Position): string | undefined {
  return [...frames].findLast(
    ([, { x, y, width, height }]) => at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height,
  )?.[0]
}

function bounds(parts: Rectangle[]): Rectangle {
  const x = Math.min(...parts.map((part) => part.x))
  const y = Math.min(...parts.map((part) => part.y))
  const right = Math.max(...parts.map((part) => part.x + part.width))
  const bottom = Math.max(...parts.map((part) => part.y + part.height))
  return { x, y, width: right - x, height: bottom - y }
}

function grown({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x - padding, y: y - padding, width: width + 2 * padding, height: height + 2 * padding }
}
