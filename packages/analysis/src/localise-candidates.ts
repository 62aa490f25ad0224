/** Which places `localise` weighs: single values, pairs of values of two dimensions, and the failing values of one dimension together. */

/** One combination of dimension values, e.g. `{ zone: 'A', host: 'pay-a-1', version: 'v2' }`. */
export interface Cell {
  dimensions: Record<string, string>
  /** Events now and how many failed; with `unit: 'seconds'` the seconds that they took together. */
  total: number
  bad: number
  /** The same over a healthy time before; 0 where the combination is new. */
  baselineTotal: number
  baselineBad: number
}

/** A cell whose excess over the usual is known. */
export interface MeasuredCell extends Cell {
  excess: number
  variance: number
  affected: boolean
  /** Had (almost) no traffic in the baseline. */
  isNew: boolean
}

export interface Candidate {
  where: Record<string, string[]>
  inside: MeasuredCell[]
  /** Of preference on a tie, smaller is better. */
  order: number
}

/** Values with the most excess that pairs are made of, so that many hosts do not make a square of candidates. */
const pairedValues = 12

export function candidatesOf(cells: MeasuredCell[], dimensions: string[]): Candidate[] {
  const singles = dimensions.flatMap((dimension, order) =>
    valuesOf(cells, dimension).map((value) => candidate(cells, { [dimension]: [value] }, order)),
  )
  const sets = dimensions.flatMap((dimension, order) => {
    const failing = valuesOf(cells, dimension).filter((value) => isFailing(cells, dimension, value))
    const isSet = failing.length > 1 && failing.length < valuesOf(cells, dimension).length
    return isSet ? [candidate(cells, { [dimension]: failing.sort() }, order + dimensions.length)] : []
  })
  const pairs = dimensions.flatMap((first, index) =>
    dimensions
      .slice(index + 1)
      .flatMap((second, gap) =>
        topValues(cells, first).flatMap((a) =>
          topValues(cells, second).map((b) =>
            candidate(cells, { [first]: [a], [second]: [b] }, index + gap + 2 * dimensions.length),
          ),
        ),
      ),
  )
  // A pair that holds just what one of its values holds says nothing more.
  const known = new Set(singles.map(({ inside }) => keyOf(cells, inside)))
  const news = pairs.filter(({ inside }) => inside.length > 0 && !known.has(keyOf(cells, inside)))
  return [...singles, ...sets, ...news]
}

/** `version v2, zone A`; several values as `host pay-a-1, pay-b-2`. */
export function whereText(where: Record<string, string[]>): string {
  return Object.entries(where)
    .map(
      ([dimension, values]) =>
        `${dimension} ${values.length > 4 ? `${values.slice(0, 3).join(', ')} and ${values.length - 3} more` : values.join(', ')}`,
    )
    .join(', ')
}

function candidate(cells: MeasuredCell[], where: Record<string, string[]>, order: number): Candidate {
  const conditions = Object.entries(where)
  const inside = cells.filter(({ dimensions }) =>
    conditions.every(([key, values]) => values.includes(dimensions[key] ?? '')),
  )
  return { where, inside, order }
}

function valuesOf(cells: MeasuredCell[], dimension: string): string[] {
  return [...new Set(cells.flatMap(({ dimensions }) => dimensions[dimension] ?? []))]
}

function isFailing(cells: MeasuredCell[], dimension: string, value: string): boolean {
  const inside = cells.filter(({ dimensions }) => dimensions[dimension] === value)
  const total = inside.reduce((sum, cell) => sum + cell.total, 0)
  return inside.reduce((sum, cell) => sum + (cell.affected ? cell.total : 0), 0) > total / 2
}

function topValues(cells: MeasuredCell[], dimension: string): string[] {
  const excessOf = (value: string) =>
    cells.reduce((sum, cell) => sum + (cell.dimensions[dimension] === value ? cell.excess : 0), 0)
  return valuesOf(cells, dimension)
    .sort((a, b) => excessOf(b) - excessOf(a))
    .slice(0, pairedValues)
}

const keyOf = (cells: MeasuredCell[], inside: MeasuredCell[]) => inside.map((cell) => cells.indexOf(cell)).join()
