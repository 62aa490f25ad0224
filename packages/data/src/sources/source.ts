/**
 * What every kind of source can do: answer one measure on a grid of times, say when its newest samples were, and be tested. A kind is
 * one folder of `sources/`; the model, the planner and the assembly of results know none of them.
 */
import type { ComputeResult } from '../compute/ask.ts'
import type { RowsAsk } from '../compute/rows-ask.ts'
import type { Dimension, DimensionFilter } from '../query/expected-entities.ts'
import type { Measure, Table } from '../model/model.ts'
import type { WindowSpan } from '../query/rate-window.ts'

/** How a source is reached. What the secret is depends on the kind: a bearer token, `user:password`, a password. */
export interface SourceAddress {
  kind: string
  url: string
  secret: string | null
}

/** One measure of a table, filtered, grouped, on a grid. Derived measures never come here. */
export interface SeriesAsk {
  table: Table
  measure: Measure
  where: readonly DimensionFilter[]
  groupBy: readonly Dimension[]
  /** Ascending, unix ms, one a step. A value at `t` is of the window that ends with `t`. */
  grid: readonly number[]
  stepSeconds: number
  /** How the newest samples are told apart and filtered: who reports is asked more widely than what is summed. */
  newest: {
    by: readonly Dimension[]
    where: readonly DimensionFilter[]
    /** Only from then on they are needed; a source may still give all. By default from the first time of the grid. */
    from?: number
  }
}

/** Labels are those of the source (`Dimension.label`); times are unix ms, ascending. */
export interface LabelledSeries {
  labels: Record<string, string>
  samples: [t: number, value: number][]
}

export interface SeriesAnswer {
  /** One a combination of the groupBy labels. Only finite values; times on the grid. */
  values: LabelledSeries[]
  /** When the newest raw sample was, in unix **seconds**, by the `newest.by` labels; times of the grid or before it. */
  newest: LabelledSeries[]
  /** Over how long each value was taken; covers the grid. */
  spans: WindowSpan[]
  /** What the source says is missing from its own answer. */
  incomplete: string | null
  /** Exactly what was asked, for people: PromQL, SQL, LogQL, an address. */
  expression: string
}

export type SourceTest = { ok: true; detail: string } | { ok: false; message: string; fix: string }

export interface Source {
  /**
   * Ends by the source's own time limit: an answer may be shared, so nobody's signal stops it.
   *
   * @throws DataError `source-unreachable`, `source-refused`, `query-too-large`, `bad-query`
   */
  series(ask: SeriesAsk): Promise<SeriesAnswer>
  /**
   * An aggregation over its rows beyond the model's measures; absent where a source has none. Ends by the ask's own limits.
   *
   * @throws DataError as `series` does; the signal's reason when aborted
   */
  compute?(ask: RowsAsk, signal: AbortSignal | null): Promise<ComputeResult>
  /** Whether it answers, for the button in the settings. Never throws a DataError; reads only. */
  test(): Promise<SourceTest>
  close(): Promise<void>
}

/**
 * The planner's part, given to each source: an identical question a moment ago is shared, a few run at a source at a time, a source
 * that fails is left alone for a while. Failures are not kept.
 */
export interface SharedFetch {
  <T>(question: SharedQuestion<T>, send: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export interface SharedQuestion<T> {
  /** All that decides the answer: what is asked, and its times. */
  key: string
  /** The newest time that the answer tells of, unix ms. One of long ago is kept for longer. */
  until?: number
  cost?: (answer: T) => { points: number; series: number }
  /** It may go in one request with others that are asked at the same moment. */
  together?: Together<T>
}

/** Each question is kept and shared for itself; only the request is one. */
export interface Together<T> {
  /** Only those of the same group go together. */
  group: string
  /** How long it is, in what the source's requests are limited by; one request has at most 1. */
  size: number
  /** Of the questions that are sent: each answered, or failed for itself. */
  send(questions: readonly { key: string }[], signal: AbortSignal): Promise<PromiseSettledResult<T>[]>
}

export interface SourceKind {
  /** The connection kind: `prometheus`, `postgres`, ... */
  kind: string
  title: string
  open(address: SourceAddress, means: { fetch: SharedFetch }): Source
}
