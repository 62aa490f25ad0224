/** Places entities around one: what it depends on to the right, what needs it to the left, by distance. Pure. */

export interface Link {
  from: string
  to: string
}

export interface GraphPlace {
  id: string
  /** Negative is left of the root. */
  column: number
  /** 0 is the middle of its column. */
  row: number
}

/** Rows follow the places of their neighbours in the column before, so that few links cross. Unreached ids are left out. */
export function graphLayout(root: string, links: readonly Link[]): GraphPlace[] {
  const to = Map.groupBy(links, (link) => link.from)
  const from = Map.groupBy(links, (link) => link.to)
  const column = new Map([[root, 0]])
  const reach = (next: (id: string) => string[], sign: 1 | -1): void => {
    let front = [root]
    for (let distance = 1; front.length > 0; distance++) {
      const found: string[] = []
      for (const id of front.flatMap(next)) {
        if (column.has(id)) continue
        column.set(id, sign * distance)
        found.push(id)
      }
      front = found
    }
  }
  reach((id) => (to.get(id) ?? []).map((link) => link.to), 1)
  reach((id) => (from.get(id) ?? []).map((link) => link.from), -1)
  // What is reached only by going there and back: beside the neighbour through which it is known.
  for (let changed = true; changed;) {
    changed = false
    for (const link of links) {
      const [a, b] = [column.get(link.from), column.get(link.to)]
      if (a !== undefined && b === undefined) column.set(link.to, a + 1)
      else if (b !== undefined && a === undefined) column.set(link.from, b - 1)
      else continue
      changed = true
    }
  }

  const row = new Map<string, number>([[root, 0]])
  const columns = Map.groupBy(column.keys(), (id) => column.get(id)!)
  const outwards = [...columns.keys()].toSorted((a, b) => Math.abs(a) - Math.abs(b))
  for (const place of outwards) {
    const inner = place - Math.sign(place)
    const weight = (id: string): number => {
      const near = [...(to.get(id) ?? []).map((link) => link.to), ...(from.get(id) ?? []).map((link) => link.from)]
      const rows = near.flatMap((other) => (column.get(other) === inner ? (row.get(other) ?? []) : []))
      return rows.length === 0 ? 0 : rows.reduce((sum, one) => sum + one, 0) / rows.length
    }
    const ids = columns.get(place)!.map((id) => ({ id, weight: place === 0 ? 0 : weight(id) }))
    ids.sort((a, b) => a.weight - b.weight)
    if (place === 0) {
      // The root stays in the middle.
      const others = ids.filter(({ id }) => id !== root)
      for (const [index, { id }] of others.entries()) row.set(id, index % 2 === 0 ? index / 2 + 1 : -(index + 1) / 2)
    } else for (const [index, { id }] of ids.entries()) row.set(id, index - (ids.length - 1) / 2)
  }
  return [...column].map(([id, at]) => ({ id, column: at, row: row.get(id)! }))
}
