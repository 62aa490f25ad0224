/** Which lines of a chart are drawn: a press on the legend keeps only one, with Ctrl, Cmd or Shift it adds or takes away. Pure. */

/** By place; empty when all are drawn. */
export type HiddenLines = ReadonlySet<number>

export function pressLine(
  hidden: HiddenLines,
  line: number,
  { count, add }: { count: number; add: boolean },
): HiddenLines {
  const all = Array.from({ length: count }, (_, index) => index)
  const shown = all.filter((index) => !hidden.has(index))
  if (add) {
    const next = new Set(hidden)
    if (!next.delete(line)) next.add(line)
    // The last one taken away brings all back: an empty chart teaches nothing.
    return next.size === count ? new Set() : next
  }
  const alone = shown.length === 1 && shown[0] === line
  return alone ? new Set() : new Set(all.filter((index) => index !== line))
}

export interface LineFigures {
  mean: number | null
  last: number | null
  highest: number | null
}

export function lineFigures(points: readonly (readonly [number, number | null])[]): LineFigures {
  let sum = 0
  let count = 0
  let highest: number | null = null
  for (const [, value] of points) {
    if (value === null) continue
    sum += value
    count++
    if (highest === null || value > highest) highest = value
  }
  return { mean: count === 0 ? null : sum / count, last: points.at(-1)?.[1] ?? null, highest }
}

/** The `most` lines with the highest mean, in the order given, so that a line keeps its colour while figures move. */
export function highestLines<Line extends { points: readonly (readonly [number, number | null])[] }>(
  lines: readonly Line[],
  most: number,
): Line[] {
  if (lines.length <= most) return [...lines]
  const means = new Map(lines.map((line) => [line, lineFigures(line.points).mean ?? Number.NEGATIVE_INFINITY]))
  const highest = new Set(lines.toSorted((a, b) => means.get(b)! - means.get(a)!).slice(0, most))
  return lines.filter((line) => highest.has(line))
}
