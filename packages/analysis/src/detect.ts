import type { BadDirection, BandPoint, Quality, Sample, SeriesKind } from './series.ts'
export interface JudgeInput {
  /** The recent series: the judged window and the hours before it, e.g. 4 h at 60 s (or 30 s). Counts are rates per minute. */
  recent: Sample[]
  /** Up to 14 days before; 300 s steps are enough (one query). */
  history: Sample[]
  stepSeconds: number
  kind: SeriesKind
  bad: BadDirection
  minimumEvents: number
  quality: Quality
  /** Unix ms. */
  asOf: number
  /** Length of the judged window, which ends at asOf; 30 by default. */
  windowMinutes?: number
  seasonality?: 'none' | 'daily' | 'weekly'
  /** For ratios and latencies: events per minute that stand behind each point, e.g. requests. */
  events?: Sample[]
  /** Deviations smaller than this share are not worth a verdict; 0.05 by default. For ratios: absolute, 0.01 by default. */
  minimumEffect?: number
  /** Newest point older than this is stale; by default 2 steps and at least 90 s. */
  staleAfterSeconds?: number
}
export interface Judgement {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 of `value`. */
  confidence: number
  /** Sentences with numbers, most important first. */
  reasons: string[]
  quality: Quality
  /** Relative to expected over the abnormal stretch (or the whole window when normal): -0.118 is 11.8 % below. Null when not known. */
  deviation: number | null
  /** Means over the same stretch, in the series' unit. */
  actual: number | null
  expected: number | null
  /** The judged window's expected range and curve, for charts; empty without a baseline. */
  band: BandPoint[]
  expectedPoints: Sample[]
  /** Unix ms; null unless abnormal. */
  onset: number | null
  /** Standard score of the strongest evidence, signed. */
  score: number | null
}
export declare function judgeSeries(input: JudgeInput): Judgement
