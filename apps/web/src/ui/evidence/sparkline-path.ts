/** The paths of a sparkline with its expected band. Pure. */
import type { Point } from '@tenon/runbook'

export interface SparklineInput {
  points: Point[]
  /** `[unix milliseconds, low, high]` */
  band: [number, number, number][]
}

export interface SparklinePaths {
  /** One part for each stretch without a gap. */
  line: string
  band: string
  /** Lone points between gaps, which a line cannot show. */
  dots: [number, number][]
}

/** Coordinates run from 0 to `width` and `height`, y downwards; 1 px is kept free at the edges. */
export function sparklinePaths({ points, band }: SparklineInput, width: number, height: number): SparklinePaths {
  const times = [...points.map(([at]) => at), ...band.map(([at]) => at)]
  const values = [
    ...points.map(([, value]) => value).filter((value) => value !== null),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]
  if (times.length === 0 || values.length === 0) return { line: '', band: '', dots: [] }
  const first = Math.min(...times)
  const span = Math.max(...times) - first || 1
  const low = Math.min(...values)
  const range = Math.max(...values) - low || 1
  const x = (at: number): number => round(((at - first) / span) * width)
  const y = (value: number): number => round(1 + (1 - (value - low) / range) * (height - 2))

  const stretches: [number, number][][] = []
  let open: [number, number][] | null = null
  for (const [at, value] of points) {
    if (value === null) open = null
    else if (open) open.push([x(at), y(value)])
    else stretches.push((open = [[x(at), y(value)]]))
  }
  const outline = [
    ...band.map(([at, , high]) => [x(at), y(high)]),
    ...band.toReversed().map(([at, bottom]) => [x(at), y(bottom)]),
  ]
  return {
    line: stretches
      .filter((stretch) => stretch.length > 1)
      .map((stretch) => `M${stretch.join('L')}`)
      .join(''),
    band: band.length > 1 ? `M${outline.join('L')}Z` : '',
    dots: stretches.flatMap((stretch) => (stretch.length === 1 ? stretch : [])),
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
