/** Shapes series evidence for drawing: one shared time axis, gaps kept as gaps. Pure. */
import type { Evidence } from '@tenon/runbook'

export type SeriesEvidence = Extract<Evidence, { kind: 'series' }>

/**
 * Columns on one time axis, in seconds as the chart library wants them. `null` is a gap in the data and is drawn as one; `undefined` means only
 * that this column has no point at another column's time, which must not break its line.
 */
export interface ChartColumns {
  times: number[]
  low: (number | null | undefined)[] | null
  high: (number | null | undefined)[] | null
  series: (number | null | undefined)[][]
}

export function chartColumns(evidence: Pick<SeriesEvidence, 'series' | 'band'>): ChartColumns {
  const instants = new Set<number>()
  for (const line of evidence.series) for (const [at] of line.points) instants.add(at)
  for (const [at] of evidence.band ?? []) instants.add(at)
  const times = [...instants].sort((a, b) => a - b)
  const index = new Map(times.map((at, position) => [at, position]))
  const column = (pairs: (readonly [number, number | null])[]): (number | null | undefined)[] => {
    const values = Array.from<number | null | undefined>({ length: times.length })
    for (const [at, value] of pairs) values[index.get(at)!] = value
    return values
  }
  return {
    times: times.map((at) => at / 1000),
    low: evidence.band ? column(evidence.band.map(([at, low]) => [at, low])) : null,
    high: evidence.band ? column(evidence.band.map(([at, , high]) => [at, high])) : null,
    series: evidence.series.map((line) => column(line.points)),
  }
}

/**
 * The value axis: everything drawn fits with a little air. It begins at zero when zero is near (below a quarter of the range), so that a small
 * wobble is not blown up, and it never collapses to a line.
 */
export function valueRange(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  if (low === high) {
    const air = Math.abs(low) * 0.1 || 1
    return [low >= 0 ? Math.max(0, low - air) : low - air, high + air]
  }
  const air = (high - low) * 0.08
  const bottom = low >= 0 && low < (high - low) * 0.25 ? 0 : low - air
  return [low >= 0 ? Math.max(0, bottom) : bottom, high + air]
}

export interface SeriesSummary {
  name: string
  first: number | null
  last: number | null
  low: number | null
  high: number | null
  /** Times without a value. */
  gaps: number
}

/** What the chart says, in figures: for screen readers and the table's head. */
export function summarise(line: SeriesEvidence['series'][number]): SeriesSummary {
  const values = line.points.map(([, value]) => value).filter((value) => value !== null)
  return {
    name: line.name,
    first: values[0] ?? null,
    last: line.points.at(-1)?.[1] ?? null,
    low: values.length > 0 ? Math.min(...values) : null,
    high: values.length > 0 ? Math.max(...values) : null,
    gaps: line.points.length - values.length,
  }
}
