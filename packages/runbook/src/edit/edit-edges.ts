import { isMap, isScalar, type Node, Scalar, type YAMLSeq } from 'yaml'
import type { TextPatch } from './text-patch.ts'
import { onOneLine } from './yaml-pieces.ts'

interface WrittenEdge {
  item: Node
  from: Scalar
  to: Scalar
  on: Scalar
}

/**
 * Edits a list of edges item by item: an edge is the same when its ends and its outcome are, steps under a new name included.
 *
 * @returns false when the list must be written anew: edges changed places, or none is left.
 */
export function editEdges(
  written: YAMLSeq,
  wanted: YAMLSeq,
  { patch, steps }: { patch: TextPatch; steps: ReadonlyMap<string, string> },
): boolean {
  const before = written.items.map(readEdge)
  const after = wanted.items.map(readEdge)
  if (!before.every((edge) => edge !== null) || !after.every((edge) => edge !== null)) return false
  const is = (id: unknown): string => steps.get(String(id)) ?? String(id)
  const keys = before.map(({ from, on, to }) => `${is(from.value)} ${String(on.value)} ${is(to.value)}`)
  const taken = new Set<number>()
  /** For each edge that is wanted, where it stands now; -1: nowhere. */
  const places = after.map(({ from, on, to }) => {
    const key = `${String(from.value)} ${String(on.value)} ${String(to.value)}`
    const index = keys.findIndex((one, at) => one === key && !taken.has(at))
    if (index !== -1) taken.add(index)
    return index
  })
  const kept = places.filter((index) => index !== -1)
  if (kept.length === 0 || kept.some((index, at) => at > 0 && index < kept[at - 1]!)) return false

  before.forEach(({ item, from, to }, index) => {
    if (!taken.has(index)) return patch.remove(item)
    for (const end of [from, to]) if (is(end.value) !== end.value) patch.setScalar(end, is(end.value))
  })
  let previous: Node | null = null
  after.forEach(({ item }, at) => {
    const place = places[at]!
    if (place === -1) patch.insertBehind(previous, { before: before[0]!.item, text: onOneLine(item)! })
    else previous = before[place]!.item
  })
  return true
}

function readEdge(item: unknown): WrittenEdge | null {
  if (!isMap(item) || item.items.length !== 3) return null
  const [from, on, to] = ['from', 'on', 'to'].map((name) => item.get(name, true))
  return isScalar(from) && isScalar(on) && isScalar(to) ? { item, from, on, to } : null
}
