import type { Sample, SeriesKind } from './series.ts'
export interface BaselineInput {
  /** The points to give an expectation for: their times only are used. */
  window: Sample[]
  /** Up to 14 days before the window; any step (300 s is enough and one query: 4,032 points); it may be the window's own series too. */
  history: Sample[]
  /** Time just before the window, from the same series, for the level of today; used only up to `guardMinutes` before the window. */
  before: Sample[]
  kind: SeriesKind
  stepSeconds: number
  seasonality?: 'none' | 'daily' | 'weekly'
}
export interface BaselinePoint {
  t: number
  expected: number
  low: number
  high: number
  /** Standard deviation of one point: counting noise and the model's own error. */ deviation: number
}
export interface Baseline {
  status: 'ok' | 'insufficient'
  points: BaselinePoint[]
  /** Standard error of the whole curve relative to its level, 0.02 = 2 %; common to all points. */
  modelError: number
  daysUsed: number
  /** Today's level over the comparable days' level, as applied (bounded). */
  level: number
  note: string
}
export declare function seasonalBaseline(input: BaselineInput): Baseline
