/** Leaves of a multi-dimensional measure in typed arrays: attribute values as small integers, and the cuboids that they make. */

/** Values of the attributes of one leaf, in the order of the attributes' names, e.g. `['zone-a', 'ios', 'v2']`. */
export type LeafValues = readonly string[]

export interface CodedLeaves {
  names: readonly string[]
  /** Of each attribute its values; a leaf's code is the place in this list. */
  values: string[][]
  codes: Uint32Array[]
  count: number
}

/** All combinations of values of some attributes; those that no leaf has are not counted. */
export interface Cuboid {
  attributes: readonly number[]
  /** How many combinations there are. */
  cells: number
  /** Of each leaf, which combination it belongs to. */
  cellOf: Uint32Array
}

/** Missing values are a value of their own: what has no version is a place as well. */
export function codeLeaves(names: readonly string[], leaves: readonly LeafValues[]): CodedLeaves {
  const values: string[][] = names.map(() => [])
  const codes = names.map(() => new Uint32Array(leaves.length))
  names.forEach((_, attribute) => {
    const known = new Map<string, number>()
    const own = codes[attribute]!
    for (let leaf = 0; leaf < leaves.length; leaf++) {
      const value = leaves[leaf]![attribute] ?? ''
      let code = known.get(value)
      if (code === undefined) {
        code = known.size
        known.set(value, code)
        values[attribute]!.push(value)
      }
      own[leaf] = code
    }
  })
  return { names, values, codes, count: leaves.length }
}

/** Leaf visits of one search, so that a table of many attributes is searched less deep instead of for ever. */
const maximumVisits = 4_000_000

/**
 * Cuboids coarse first: single attributes, then pairs, and so on. `deepest` is the number of attributes that the finest have: fewer
 * than there are when all would be too many.
 */
export function cuboidsOf(coded: CodedLeaves): { cuboids: Cuboid[]; deepest: number } {
  const cuboids: Cuboid[] = []
  // An attribute of one value tells nothing apart.
  const useful = coded.names.map((_, index) => index).filter((index) => coded.values[index]!.length > 1)
  let layer: Cuboid[] = useful.map((attribute) => ({
    attributes: [attribute],
    cells: coded.values[attribute]!.length,
    cellOf: coded.codes[attribute]!,
  }))
  let deepest = 0
  while (layer.length > 0 && (deepest === 0 || (cuboids.length + layer.length) * coded.count <= maximumVisits)) {
    cuboids.push(...layer)
    deepest++
    const size = layer.length
    const next: Cuboid[] = []
    if ((cuboids.length + size) * coded.count > maximumVisits) break
    for (const cuboid of layer) {
      for (const attribute of useful) {
        if (attribute > cuboid.attributes.at(-1)!) next.push(refine(coded, cuboid, attribute))
      }
      if ((cuboids.length + next.length) * coded.count > maximumVisits) break
    }
    layer = next
  }
  return { cuboids, deepest }
}

/** A table of all pairs is quicker than a map while it is small. */
const maximumTable = 1 << 20

function refine(coded: CodedLeaves, cuboid: Cuboid, attribute: number): Cuboid {
  const codes = coded.codes[attribute]!
  const radix = coded.values[attribute]!.length
  const cellOf = new Uint32Array(coded.count)
  const size = cuboid.cells * radix
  let cells = 0
  if (size <= maximumTable) {
    const table = new Int32Array(size).fill(-1)
    for (let leaf = 0; leaf < coded.count; leaf++) {
      const key = cuboid.cellOf[leaf]! * radix + codes[leaf]!
      if (table[key] === -1) table[key] = cells++
      cellOf[leaf] = table[key]!
    }
  } else {
    const table = new Map<number, number>()
    for (let leaf = 0; leaf < coded.count; leaf++) {
      const key = cuboid.cellOf[leaf]! * radix + codes[leaf]!
      let cell = table.get(key)
      if (cell === undefined) {
        cell = cells++
        table.set(key, cell)
      }
      cellOf[leaf] = cell
    }
  }
  return { attributes: [...cuboid.attributes, attribute], cells, cellOf }
}

/** The element that a leaf belongs to in a cuboid, e.g. `{ zone: 'A', client: 'ios' }`. */
export function elementOf(coded: CodedLeaves, attributes: readonly number[], leaf: number): Record<string, string> {
  return Object.fromEntries(
    attributes.map((attribute) => [coded.names[attribute]!, coded.values[attribute]![coded.codes[attribute]![leaf]!]!]),
  )
}
