import type { Sample, SeriesKind } from './series.ts'
export interface OnsetInput {
  points: Sample[]
  /** Same times as `points`. */ expected: Sample[]
  kind: SeriesKind
  stepSeconds: number
}
export interface Onset {
  /** Start of the first changed step, unix ms. */ at: number
  /** Earliest and latest onset that the data allow (about 95 %). */ earliest: number
  latest: number
  /** Actual over expected before and after. */ before: number
  after: number
}
/** Null when no change point is better than none. */
export declare function estimateOnset(input: OnsetInput): Onset | null
