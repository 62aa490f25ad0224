/** Columns of simulated samples: one a series, missing samples are NaN. */
import type { Labels, SeriesName } from './metric-names.ts'

export interface SimulatedSeries {
  name: string
  /** Without `__name__`; with `job` and `instance`, as scraped. */
  labels: Labels
  /** One a timestamp; NaN where there is no sample. */
  values: Float64Array
}

export interface Columns {
  /** The columns of a block of series, made at its first use. A block is what one scrape of one process gives. */
  block(key: string, describe: () => SeriesName[]): Float64Array[]
  all(): SimulatedSeries[]
}

/** Columns for `steps` samples a series. */
export function openColumns(steps: number): Columns {
  const blocks = new Map<string, Float64Array[]>()
  const series: SimulatedSeries[] = []
  return {
    block(key, describe) {
      const known = blocks.get(key)
      if (known) return known
      const made = describe().map(({ name, labels }) => {
        const values = new Float64Array(steps).fill(Number.NaN)
        series.push({ name, labels, values })
        return values
      })
      blocks.set(key, made)
      return made
    },
    all: () => series,
  }
}
