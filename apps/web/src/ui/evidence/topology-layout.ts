/** Places the nodes of a small topology in columns along the flow, so that every link points right. Pure. */

interface PlacedNode {
  id: string
  column: number
  row: number
}

export interface TopologyLayout {
  nodes: PlacedNode[]
  columns: number
  /** Of the tallest column. */
  rows: number
}

/** Column = longest way from a start; a cycle is cut where it would lead back. Rows are centred, in the order given. */
export function topologyLayout(ids: string[], edges: { from: string; to: string }[]): TopologyLayout {
  const column = new Map<string, number>(ids.map((id) => [id, 0]))
  const known = edges.filter((edge) => column.has(edge.from) && column.has(edge.to) && edge.from !== edge.to)
  const forward = withoutCycles(ids, known)
  // Relaxing once a node settles longest paths in a graph without cycles.
  for (let round = 0; round < ids.length; round++) {
    for (const edge of forward) column.set(edge.to, Math.max(column.get(edge.to)!, column.get(edge.from)! + 1))
  }
  const members = Map.groupBy(ids, (id) => column.get(id)!)
  const rows = Math.max(1, ...[...members.values()].map((each) => each.length))
  return {
    nodes: ids.map((id) => {
      const own = members.get(column.get(id)!)!
      return { id, column: column.get(id)!, row: own.indexOf(id) + (rows - own.length) / 2 }
    }),
    columns: Math.max(0, ...column.values()) + 1,
    rows,
  }
}

function withoutCycles(ids: string[], edges: { from: string; to: string }[]): { from: string; to: string }[] {
  const kept: { from: string; to: string }[] = []
  const state = new Map<string, 'open' | 'closed'>()
  const visit = (id: string): void => {
    state.set(id, 'open')
    for (const edge of edges) {
      if (edge.from !== id || state.get(edge.to) === 'open') continue
      kept.push(edge)
      if (!state.has(edge.to)) visit(edge.to)
    }
    state.set(id, 'closed')
  }
  // Begin at the sources, so that the flow's own direction decides which link of a cycle is the way back.
  const targets = new Set(edges.map((edge) => edge.to))
  for (const id of [...ids.filter((each) => !targets.has(each)), ...ids]) if (!state.has(id)) visit(id)
  return kept
}
