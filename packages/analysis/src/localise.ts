/** One combination of dimension values, e.g. { zone: 'A', host: 'pay-a-1', version: 'v2' }. */
export interface Cell {
  dimensions: Record<string, string>
  /** Events now: attempts and failures; for latency: requests and requests slower than the baseline's p95 or summed seconds. */ total: number
  bad: number
  baselineTotal: number
  baselineBad: number
}
export interface Explanation {
  /** e.g. { zone: 'A' } or { zone: 'A', version: 'v2' }. */
  where: Record<string, string>
  /** Share of the excess failures that lie inside, 0..1. */
  explained: number
  /** Share of its cells (by traffic) that are themselves affected, 0..1. */
  coverage: number
  /** Share of all traffic that lies inside. */
  traffic: number
  badRate: number
  baselineBadRate: number
  outsideBadRate: number
  score: number
  /** Cells inside, as values per dimension: { host: ['pay-a-1', ...] }. */
  members: Record<string, string[]>
  supports: string[]
}
export interface Localisation {
  status: 'localised' | 'spread' | 'none' | 'insufficient'
  /** Failures now over what the baseline's rate would give. */
  excess: number
  best: Explanation | null
  rivals: (Explanation & { ruledOutBy: string })[]
  reason: string
}
/** `dimensions`: in order of preference on a tie, coarse first, e.g. ['version', 'zone', 'host']. */
export declare function localise(input: { cells: Cell[]; dimensions: string[]; minimumEvents?: number }): Localisation
