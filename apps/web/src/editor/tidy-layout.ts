/**
 * Layered left-to-right layout of a runbook graph: columns by longest path from a start, rows by the mean row of the steps before
 * (two sweeps of the barycentre heuristic, Sugiyama et al. 1981), then packed by card height. Deterministic.
 */
import type { RunbookDocument } from '@tenon/runbook'
import type { Position } from './document-commands.ts'

export interface TidyOptions {
  /** Least distance of two columns. */
  columnWidth: number
  rowGap: number
  /** By how much a step is wider than a card (a loop with its steps); its column is as wide as the widest. */
  extraWidthOf?: (id: string) => number
  /** Height of a step's card in pixels. */
  heightOf: (id: string) => number
}

export function tidyLayout(
  document: Pick<RunbookDocument, 'nodes' | 'edges'>,
  options: TidyOptions,
): Record<string, Position> {
  const ids = Object.keys(document.nodes)
  const before = new Map<string, string[]>(ids.map((id) => [id, []]))
  const after = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const edge of document.edges) {
    before.get(edge.to)?.push(edge.from)
    after.get(edge.from)?.push(edge.to)
  }

  const columnOf = longestPathColumns(ids, before)
  const sparse: string[][] = []
  for (const id of ids) (sparse[columnOf.get(id) ?? 0] ??= []).push(id)
  const lanes = addLanes({ columnOf, before, after }, sparse)
  const heightOf = (id: string): number => (lanes.has(id) ? laneHeight : options.heightOf(id))
  // A cycle can leave a column without steps.
  const columns = sparse.filter((column) => column.length > 0)

  const rowOf = new Map<string, number>()
  const number = (): void => columns.forEach((column) => column.forEach((id, row) => rowOf.set(id, row)))
  const sortBy = (column: string[], neighbours: Map<string, string[]>): void => {
    const weight = (id: string): number => mean((neighbours.get(id) ?? []).map((other) => rowOf.get(other) ?? 0))
    const weights = new Map(column.map((id) => [id, weight(id)]))
    column.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0))
  }
  number()
  for (let sweep = 0; sweep < 2; sweep++) {
    for (const column of columns) {
      sortBy(column, before)
      number()
    }
    for (const column of columns.toReversed()) {
      sortBy(column, after)
      number()
    }
  }

  const heights = columns.map((column) =>
    column.reduce((sum, id) => sum + heightOf(id) + options.rowGap, -options.rowGap),
  )
  const tallest = Math.max(0, ...heights)
  const layout: Record<string, Position> = {}
  let x = 0
  columns.forEach((column, index) => {
    let y = Math.round((tallest - (heights[index] ?? 0)) / 2)
    for (const id of column) {
      if (!lanes.has(id)) layout[id] = { x, y }
      y += heightOf(id) + options.rowGap
    }
    x += options.columnWidth + Math.max(0, ...column.map((id) => options.extraWidthOf?.(id) ?? 0))
  })
  return layout
}

/** Room for edges that pass a column: much more than a card, because they curve from its neighbours' ports. */
const laneHeight = 250

interface Columns {
  columnOf: ReadonlyMap<string, number>
  before: Map<string, string[]>
  after: Map<string, string[]>
}

/** Gives edges that pass columns a place in each, so that they do not run behind cards; edges to one step share it. Returns their ids. */
function addLanes({ columnOf, before, after }: Columns, columns: string[][]): Set<string> {
  const lanes = new Set<string>()
  const link = (from: string, to: string): void => {
    after.set(from, [...(after.get(from) ?? []), to])
    before.set(to, [...(before.get(to) ?? []), from])
  }
  const edges = [...after].flatMap(([from, targets]) => targets.map((to) => ({ from, to })))
  for (const { from, to } of edges) {
    const last = columnOf.get(to) ?? 0
    let previous = from
    for (let column = (columnOf.get(from) ?? 0) + 1; column < last; column++) {
      // A space is in no step's id.
      const lane = `${to} ${column}`
      if (!lanes.has(lane)) (columns[column] ??= []).push(lane)
      lanes.add(lane)
      link(previous, lane)
      previous = lane
    }
    if (previous !== from) link(previous, to)
  }
  return lanes
}

/** Column of each step: one past the furthest step before it. Steps on a cycle (an invalid graph) stop where they were met. */
function longestPathColumns(ids: readonly string[], before: ReadonlyMap<string, string[]>): Map<string, number> {
  const column = new Map<string, number>()
  const open = new Set<string>()
  const visit = (id: string): number => {
    const known = column.get(id)
    if (known !== undefined) return known
    if (open.has(id)) return 0
    open.add(id)
    const value = Math.max(-1, ...(before.get(id) ?? []).map(visit)) + 1
    open.delete(id)
    column.set(id, value)
    return value
  }
  for (const id of ids) visit(id)
  return column
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
