/**
 * Every change that an author can make to a runbook document, as pure functions `document -> document`. The canvas, the inspector,
 * the keyboard and the clipboard all go through these, so that undo, autosave and validation never need to know which one it was.
 * A command that changes nothing returns the same object.
 */
import {
  mapTexts,
  renameReferences,
  renameSteps,
  type DocumentNode,
  type Parameter,
  type RunbookDocument,
} from '@tenon/runbook'

/** Renames a parameter with everything that speaks of it. Refuses (same document) a taken name. */
export { renameParameter } from '@tenon/runbook'

export interface Position {
  x: number
  y: number
}

export interface EdgeKey {
  from: string
  on: string
  to: string
}

const sameEdge = (a: EdgeKey, b: EdgeKey): boolean => a.from === b.from && a.on === b.on && a.to === b.to

/** A step id that is free in the document: the base, or the base with the lowest free number behind it. */
export function freeStepId(document: RunbookDocument, base: string): string {
  const clean =
    base
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_')
      .replace(/^[^a-z]+/, '')
      .slice(0, 56) || 'step'
  if (!(clean in document.nodes)) return clean
  for (let number = 2; ; number++) if (!(`${clean}_${number}` in document.nodes)) return `${clean}_${number}`
}

export function addNode(document: RunbookDocument, id: string, node: DocumentNode, at: Position): RunbookDocument {
  return {
    ...document,
    nodes: { ...document.nodes, [id]: node },
    layout: { ...document.layout, [id]: roundPosition(at) },
  }
}

/** These steps and, of loops among them, the steps inside. */
export function withBodies(document: Pick<RunbookDocument, 'nodes'>, ids: Iterable<string>): Set<string> {
  const all = new Set([...ids].filter((id) => id in document.nodes))
  for (let grown = true; grown;) {
    grown = false
    for (const [id, node] of Object.entries(document.nodes)) {
      if (node.in === undefined || all.has(id) || !all.has(node.in)) continue
      all.add(id)
      grown = true
    }
  }
  return all
}

/** Removes nodes with their bodies, edges and positions. Expressions that mention them stay, and validation names them. */
export function removeNodes(document: RunbookDocument, ids: readonly string[]): RunbookDocument {
  const gone = withBodies(document, ids)
  if (gone.size === 0) return document
  const keep = <T>(record: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !gone.has(id)))
  return {
    ...document,
    nodes: keep(document.nodes),
    edges: document.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)),
    layout: keep(document.layout),
  }
}

export function connect(document: RunbookDocument, edge: EdgeKey): RunbookDocument {
  if (document.edges.some((present) => sameEdge(present, edge))) return document
  return { ...document, edges: [...document.edges, { from: edge.from, on: edge.on, to: edge.to }] }
}

export function disconnect(document: RunbookDocument, edges: readonly EdgeKey[]): RunbookDocument {
  const kept = document.edges.filter((present) => !edges.some((edge) => sameEdge(present, edge)))
  return kept.length === document.edges.length ? document : { ...document, edges: kept }
}

export function moveNodes(document: RunbookDocument, positions: Record<string, Position>): RunbookDocument {
  const moved = Object.entries(positions).filter(([id, at]) => {
    const before = document.layout[id]
    const after = roundPosition(at)
    return id in document.nodes && (before?.x !== after.x || before.y !== after.y)
  })
  if (moved.length === 0) return document
  const layout = { ...document.layout }
  for (const [id, at] of moved) {
    const to = roundPosition(at)
    const from = layout[id] ?? to
    layout[id] = to
    // What is inside of a loop goes with it, unless it is moved itself.
    for (const inside of withBodies(document, [id])) {
      const place = document.layout[inside]
      if (inside === id || inside in positions || !place) continue
      layout[inside] = { x: place.x + to.x - from.x, y: place.y + to.y - from.y }
    }
  }
  return { ...document, layout }
}

/**
 * Puts steps into a loop, or out of every loop (`undefined`). Edges that would lead into or out of the loop are taken away; a loop cannot go into
 * itself.
 */
export function putIntoLoop(
  document: RunbookDocument,
  ids: readonly string[],
  loop: string | undefined,
): RunbookDocument {
  const moving = ids.filter((id) => document.nodes[id] && document.nodes[id].in !== loop)
  if (moving.length === 0 || (loop !== undefined && withBodies(document, moving).has(loop))) return document
  const nodes = { ...document.nodes }
  for (const id of moving) nodes[id] = withoutUndefined({ ...nodes[id]!, in: loop })
  const edges = document.edges.filter(({ from, to }) => nodes[from]?.in === nodes[to]?.in)
  return { ...document, nodes, edges: edges.length === document.edges.length ? document.edges : edges }
}

/** Sets one input; `undefined` takes it away, so that the node's default applies again. */
export function setInput(document: RunbookDocument, id: string, name: string, value: unknown): RunbookDocument {
  const node = document.nodes[id]
  if (!node || Object.is(node.with[name], value)) return document
  const inputs = { ...node.with }
  if (value === undefined) delete inputs[name]
  else inputs[name] = value
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, with: inputs } } }
}

export type NodeSettings = Partial<
  Pick<DocumentNode, 'title' | 'join' | 'joinDeadline' | 'startBy' | 'timeout' | 'retry' | 'mute'>
>

/** Changes how a step behaves; a key given as `undefined` is taken away. */
export function setNode(document: RunbookDocument, id: string, settings: NodeSettings): RunbookDocument {
  const node = document.nodes[id]
  return node
    ? { ...document, nodes: { ...document.nodes, [id]: withoutUndefined({ ...node, ...settings }) } }
    : document
}

export type RunbookSettings = Partial<
  Pick<
    RunbookDocument,
    'title' | 'description' | 'triggers' | 'concurrency' | 'priority' | 'express' | 'timeout' | 'onFailure' | 'backtest'
  >
>

export function setRunbook(document: RunbookDocument, settings: RunbookSettings): RunbookDocument {
  return withoutUndefined({ ...document, ...settings })
}

export function setParameter(document: RunbookDocument, name: string, parameter: Parameter): RunbookDocument {
  return { ...document, params: { ...document.params, [name]: withoutUndefined(parameter) } }
}

export function removeParameter(document: RunbookDocument, name: string): RunbookDocument {
  if (!(name in document.params)) return document
  const { [name]: _, ...params } = document.params
  return { ...document, params }
}

/** Renames a step with everything that speaks of it. Refuses (same document) a taken id. */
export function renameStep(document: RunbookDocument, from: string, to: string): RunbookDocument {
  if (!(from in document.nodes) || from === to || to in document.nodes) return document
  return renameSteps(document, new Map([[from, to]]))
}

/** A part of a graph as it travels on the clipboard. */
export type Fragment = Pick<RunbookDocument, 'nodes' | 'edges' | 'layout'>

export function copyFragment(document: RunbookDocument, ids: readonly string[]): Fragment {
  const chosen = withBodies(document, ids)
  const pick = <T>(record: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => chosen.has(id)))
  return {
    nodes: pick(document.nodes),
    layout: pick(document.layout),
    edges: document.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)),
  }
}

/** Adds a fragment under free ids; references between its own steps follow them. Returns the new ids for selection. */
export function pasteFragment(
  document: RunbookDocument,
  fragment: Fragment,
  offset: Position,
): { document: RunbookDocument; ids: string[] } {
  let next = document
  const ids = new Map<string, string>()
  for (const [id, node] of Object.entries(fragment.nodes)) {
    const free = freeStepId(next, id)
    ids.set(id, free)
    const at = fragment.layout[id] ?? { x: 0, y: 0 }
    next = addNode(next, free, node, { x: at.x + offset.x, y: at.y + offset.y })
  }
  const follow = (text: string): string => renameReferences(text, ['steps', 'loops'], ids)
  for (const free of ids.values()) {
    const node = next.nodes[free]
    if (!node) continue
    const loop = node.in === undefined ? undefined : (ids.get(node.in) ?? node.in)
    const followed = withoutUndefined({ ...node, in: loop, with: mapTexts(node.with, follow) })
    next = { ...next, nodes: { ...next.nodes, [free]: followed } }
  }
  for (const edge of fragment.edges) {
    const from = ids.get(edge.from)
    const to = ids.get(edge.to)
    if (from && to) next = connect(next, { from, on: edge.on, to })
  }
  return { document: next, ids: [...ids.values()] }
}

const roundPosition = (at: Position): Position => ({ x: Math.round(at.x), y: Math.round(at.y) })

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T
}
