/**
 * Data services: the three calls on the semantic model. Reads only; every read has an `asOf` clock and every series says how
 * complete and how fresh it is, because no data is never normal.
 */
import type { DataQuality, EvidenceQuery, Point } from '@tenon/runbook'
import type { ComputeAskInput, ComputeResult } from '../compute/ask.ts'
import type { Entity, Model, Relation } from '../model/model.ts'
import type { QueryCost } from '../planner/call-scope.ts'
import type { RunScope } from '../planner/run-scope.ts'

/** Entity query: what exists. */
export interface EntityQuery {
  kind?: string
  id?: string
  /** Own or inherited attributes that must match, e.g. `{ zone: 'A' }`. */
  where?: Record<string, string>
}

/** Data query: what can be asked of a measure. Times are unix milliseconds. */
export interface DataQuery {
  /** `<table>.<measure>`, or `<entity>.<measure>` for its part of a table of `each`, e.g. `payment.succeeded`. */
  measure: string
  where?: Record<string, string | string[]>
  groupBy?: string[]
  from: number
  to: number
  stepSeconds: number
  /** Only what is missing since then counts against the quality; by default all. What was lost hours ago does not blind today's judgement. */
  qualityFrom?: number
  /** Nothing after it is read; freshness is measured against it. */
  asOf: number
}

export interface DataSeries {
  /** The groupBy dimensions' values; empty for a total. */
  dimensions: Record<string, string>
  /** One a step from `from` to `to` or `asOf`; a missing one is null. Counters are given as a rate per minute, ratios as 0..1, latency in seconds. */
  points: Point[]
  quality: DataQuality
}

export interface DataResult {
  measure: string
  unit: string
  /** Exactly one without groupBy, of nulls when the source has nothing; with it, one a combination that the source has. */
  series: DataSeries[]
  /**
   * Of the whole answer as one total: completeness is the worst of what ends with it, and notes name what the model expects and the
   * source lacks (`pay-a-2: no samples since 14:02 UTC`).
   */
  quality: DataQuality
  query: EvidenceQuery
  /** What it took of the sources; absent when none was asked. Not a part of evidence: it differs from time to time. */
  cost?: QueryCost
}

/** Relation query: what is linked to an entity, up to `depth` hops. */
export interface RelationQuery {
  entity: string
  /** `upstream` is what it calls (its dependencies), `downstream` what calls it. */
  direction: 'upstream' | 'downstream' | 'both'
  /** 1 by default. */
  depth?: number
  /** Which relations are followed; all by default. */
  kinds?: readonly Relation['kind'][]
}

export interface RelationResult {
  root: string
  entities: Entity[]
  /** Nearest first; `by` is who says so, absent when a person does. */
  links: (Relation & { hops: number })[]
}

export interface DataOptions {
  signal?: AbortSignal | null
  /** The run that it is asked for: it is counted against what one run may read, and served in turns with other runs. */
  scope?: RunScope | null
}

export interface DataService {
  readonly model: Model
  /** Empty when nothing matches. */
  entity(query: EntityQuery): Promise<Entity[]>
  /**
   * @throws DataError with a code: `unknown-measure`, `unknown-dimension`, `unknown-source`, `bad-query`, `source-unreachable`,
   * `source-refused`, `source-busy`, `query-too-large`, `budget-spent`; the signal's reason when that is aborted.
   */
  data(query: DataQuery, options?: DataOptions): Promise<DataResult>
  /**
   * Dynamic compute: an aggregation over a measure, a table or what a connection holds, asked once.
   *
   * @throws DataError as `data` does
   */
  compute(ask: ComputeAskInput, options?: DataOptions & { asOf?: number }): Promise<ComputeResult>
  /** @throws DataError `unknown-entity`, `bad-query`, `query-too-large` */
  relation(query: RelationQuery): Promise<RelationResult>
}
