/**
 * Evaluates the searches that are sent to Elasticsearch as its documentation says that they are meant: filters, `composite` buckets of terms
 * and times, and aggregations in them. Written apart from what makes the searches; what it does not know is an error.
 */
import * as z from 'zod'

export type Document = Record<string, string | number>

const terms = z.strictObject({ field: z.string(), missing_bucket: z.literal(true) })
const histogram = z.strictObject({
  field: z.string(),
  fixed_interval: z.string().regex(/^\d+ms$/),
  offset: z.string().regex(/^\+\d+ms$/),
})
const source = z.union([z.strictObject({ terms }), z.strictObject({ date_histogram: histogram })])
const search = z.strictObject({
  size: z.literal(0),
  track_total_hits: z.literal(false),
  timeout: z.string(),
  query: z.unknown(),
  aggs: z.strictObject({
    windows: z.strictObject({
      composite: z.strictObject({
        size: z.number(),
        sources: z.array(z.record(z.string(), source)),
        after: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
      }),
      aggs: z.record(z.string(), z.unknown()),
    }),
  }),
})

/** The answer to the body of a `_search`. @throws Error on what it does not know */
export function evaluateSearch(documents: readonly Document[], body: unknown): unknown {
  const { query, aggs } = search.parse(body)
  const { composite, aggs: inner } = aggs.windows
  const sources = composite.sources.flatMap((one) => Object.entries(one))
  const found = documents.filter(matcherOf(query))
  const groups = Map.groupBy(found, (document) =>
    JSON.stringify(
      sources.map(([, by]) =>
        'terms' in by ? (document[by.terms.field] ?? null) : beginOf(document, by.date_histogram),
      ),
    ),
  )
  const after = composite.after && sources.map(([name]) => composite.after![name] ?? null)
  const keys = [...groups.keys()]
    .map((text) => ({ text, values: keySchema.parse(JSON.parse(text)) }))
    .sort((a, b) => compared(a.values, b.values))
    .filter(({ values }) => after === undefined || compared(values, after) > 0)
    .slice(0, composite.size)
  const buckets = keys.map(({ text, values }) => ({
    key: Object.fromEntries(sources.map(([name], index) => [name, values[index]])),
    doc_count: groups.get(text)!.length,
    ...aggregated(groups.get(text)!, inner),
  }))
  return {
    took: 1,
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    aggregations: { windows: { ...(buckets.length === 0 ? {} : { after_key: buckets.at(-1)!.key }), buckets } },
  }
}

const keySchema = z.array(z.union([z.string(), z.number(), z.null()]))
type Key = z.infer<typeof keySchema>

/** A date is rounded down to a multiple of the interval, moved by the offset. */
function beginOf(document: Document, { field, fixed_interval, offset }: z.infer<typeof histogram>): number {
  const [interval, moved] = [Number.parseInt(fixed_interval, 10), Number.parseInt(offset.slice(1), 10)]
  return Math.floor((Number(document[field]) - moved) / interval) * interval + moved
}

/** Values in ascending order, the first source first; a missing one before all. */
function compared(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]!
    if (one === other) continue
    if (one === null) return -1
    if (other === null) return 1
    return one < other ? -1 : 1
  }
  return 0
}

const value = z.union([z.string(), z.number()])
const bounds = z.strictObject({
  gt: z.number().optional(),
  gte: z.number().optional(),
  lt: z.number().optional(),
  lte: z.number().optional(),
  format: z.literal('epoch_millis').optional(),
})
const clause = z.union([
  z.strictObject({ range: z.record(z.string(), bounds) }),
  z.strictObject({
    wildcard: z.record(z.string(), z.strictObject({ value: z.string().startsWith('*').endsWith('*') })),
  }),
  z.strictObject({ term: z.record(z.string(), z.strictObject({ value })) }),
  z.strictObject({ terms: z.record(z.string(), z.array(value)) }),
  z.strictObject({ exists: z.strictObject({ field: z.string() }) }),
  z.strictObject({
    bool: z.strictObject({
      filter: z.array(z.unknown()).optional(),
      must_not: z.array(z.unknown()).optional(),
      should: z.array(z.unknown()).optional(),
      minimum_should_match: z.literal(1).optional(),
    }),
  }),
])

function matcherOf(query: unknown): (document: Document) => boolean {
  const known = clause.parse(query)
  if ('range' in known) {
    const [field, { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity }] = only(known.range)
    return (document) => {
      const number = Number(document[field])
      return number > gt && number >= gte && number < lt && number <= lte
    }
  }
  if ('wildcard' in known) {
    const [field, { value: pattern }] = only(known.wildcard)
    const text = pattern.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    return (document) => String(document[field] ?? '').includes(text)
  }
  if ('term' in known) {
    const [field, wanted] = only(known.term)
    return (document) => document[field] === wanted.value
  }
  if ('terms' in known) {
    const [field, wanted] = only(known.terms)
    return (document) => wanted.includes(document[field] ?? Number.NaN)
  }
  if ('exists' in known) return (document) => document[known.exists.field] !== undefined
  const { filter = [], must_not: not = [], should = [], minimum_should_match: least } = known.bool
  if (should.length > 0 && least === undefined) throw new Error('"should" beside "filter" decides nothing by itself.')
  const [all, none, some] = [filter, not, should].map((clauses) => clauses.map(matcherOf))
  return (document) =>
    all!.every((matches) => matches(document)) &&
    !none!.some((matches) => matches(document)) &&
    (some!.length === 0 || some!.some((matches) => matches(document)))
}

function only<T>(record: Record<string, T>): [string, T] {
  const [entry, ...more] = Object.entries(record)
  if (!entry || more.length > 0) throw new Error('A clause is of one field.')
  return entry
}

const field = z.strictObject({ field: z.string() })
const aggregation = z.union([
  z.strictObject({ filter: z.unknown(), aggs: z.record(z.string(), z.unknown()) }),
  z.strictObject({ sum: field }),
  z.strictObject({ stats: field }),
  z.strictObject({ value_count: field }),
  z.strictObject({ cardinality: field }),
  z.strictObject({ avg: field }),
  z.strictObject({ max: field }),
  z.strictObject({ min: field }),
  z.strictObject({
    percentiles: z.strictObject({
      field: z.string(),
      percents: z.array(z.number()).length(1),
      keyed: z.literal(false),
    }),
  }),
])

function aggregated(documents: readonly Document[], aggs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(aggs).map(([name, one]) => [name, aggregate(documents, one)]))
}

function aggregate(documents: readonly Document[], one: unknown): unknown {
  const known = aggregation.parse(one)
  if ('filter' in known) {
    const own = documents.filter(matcherOf(known.filter))
    return { doc_count: own.length, ...aggregated(own, known.aggs) }
  }
  const numbers = (name: string) =>
    documents.flatMap((document) => (typeof document[name] === 'number' ? document[name] : []))
  if ('percentiles' in known) {
    const [percent] = known.percentiles.percents
    return { values: [{ key: percent, value: percentile(numbers(known.percentiles.field), percent! / 100) }] }
  }
  const present = (name: string) => documents.flatMap((document) => document[name] ?? [])
  if ('value_count' in known) return { value: present(known.value_count.field).length }
  if ('cardinality' in known) return { value: new Set(present(known.cardinality.field)).size }
  if ('stats' in known) {
    const found = numbers(known.stats.field).toSorted((a, b) => a - b)
    const sum = found.reduce((all, each) => all + each, 0)
    return { count: found.length, min: found[0] ?? null, max: found.at(-1) ?? null, avg: mean(found), sum }
  }
  if ('sum' in known) return { value: numbers(known.sum.field).reduce((sum, each) => sum + each, 0) }
  if ('avg' in known) return { value: mean(numbers(known.avg.field)) }
  const all = numbers('max' in known ? known.max.field : known.min.field)
  if (all.length === 0) return { value: null }
  return { value: all.reduce((a, b) => ('max' in known ? Math.max(a, b) : Math.min(a, b))) }
}

const mean = (all: number[]): number | null =>
  all.length === 0 ? null : all.reduce((sum, each) => sum + each, 0) / all.length

/** Exact, where a cluster estimates. */
function percentile(all: number[], share: number): number | null {
  if (all.length === 0) return null
  const sorted = all.toSorted((a, b) => a - b)
  const rank = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!]
  return low + (high - low) * (rank % 1)
}
