/** Dynamic compute: one aggregation over what a source holds, asked once, without a measure for it in the model. */
import * as z from 'zod'

/** The most that may be asked for, and what holds without a word. */
export const computeLimits = {
  rows: { most: 10_000, usual: 1_000 },
  bytes: { most: 64 * 1024 ** 3, usual: 4 * 1024 ** 3 },
  seconds: { most: 300, usual: 60 },
} as const

const noNul = (text: string): boolean => !text.includes('\0')
const name = z.string().min(1).max(200).refine(noNul, 'It has a NUL character in it')
const value = z.union([z.string().max(2_000).refine(noNul, 'It has a NUL character in it'), z.number(), z.boolean()])
const moment = z.union([z.iso.datetime({ offset: true }), z.number().int().nonnegative()])

export const computeFilter = z
  .strictObject({
    field: name,
    op: z.enum(['=', '!=', '<', '<=', '>', '>=', 'in', 'not-in', 'contains', 'matches', 'exists']).default('='),
    /** A list for `in` and `not-in`; a regular expression (RE2) for `matches`; none for `exists`. */
    value: z.union([value, z.array(value).min(1).max(1_000)]).optional(),
  })
  .refine(({ op, value: given }) => (op === 'in' || op === 'not-in') === Array.isArray(given), {
    path: ['value'],
    message: '"in" and "not-in" take a list, the others one value',
  })
  .refine(({ op, value: given }) => (op === 'exists') === (given === undefined), {
    path: ['value'],
    message: 'Every filter but "exists" takes a value',
  })
export type ComputeFilter = z.infer<typeof computeFilter>

export const computeAggregate = z
  .strictObject({
    fn: z.enum(['count', 'sum', 'avg', 'min', 'max', 'quantile', 'distinct']),
    /** What is aggregated; `count` without it counts lines or rows. */
    field: name.optional(),
    /** Of `quantile`: 0.95. */
    quantile: z.number().min(0).max(1).optional(),
    /** The column's name; by default `sum_bytes`, `p95_duration`, `count`. */
    as: name.optional(),
  })
  .refine(({ fn, field }) => fn === 'count' || field !== undefined, { path: ['field'], message: 'It needs a field' })
  .refine(({ fn, quantile }) => (fn === 'quantile') === (quantile !== undefined), {
    path: ['quantile'],
    message: '"quantile" and nothing else needs a quantile between 0 and 1',
  })
export type ComputeAggregate = z.infer<typeof computeAggregate>

const limit = (of: { most: number }) => z.number().int().min(1).max(of.most)

export const computeAsk = z
  .strictObject({
    from: z
      .union([name, z.strictObject({ source: name, from: z.string().min(1).max(1_000).refine(noNul) })])
      .describe(
        'A measure or a table of the model, or a connection and what is read there: a relation, or a path of files.',
      ),
    parse: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe(
        'Of logs: `nginx-combined`, `logfmt`, `json`, or a pattern such as `<time> <level> <method> <path> <status> <took>`.',
      ),
    time: name
      .nullable()
      .optional()
      .describe('The field that holds the time; `time` without it, null for data without one.'),
    range: z
      .strictObject({ from: moment, to: moment })
      .describe('From (with it) and to (without it): ISO 8601 or unix milliseconds.'),
    entities: z
      .strictObject({
        kind: name.default('host'),
        /** Those that belong to this entity: the hosts of a service or of a zone. */
        of: name.optional(),
        ids: z.array(name).min(1).max(1_000).optional(),
        /** Attributes that must match, e.g. `{ zone: A }`. */
        where: z.record(name, name).optional(),
        /** The field that names the entity; by default the kind. */
        field: name.optional(),
      })
      .optional()
      .describe('Only what these entities of the model wrote.'),
    where: z.array(computeFilter).max(50).default([]),
    groupBy: z.array(name).max(10).default([]),
    aggregates: z
      .array(computeAggregate)
      .min(1)
      .max(20)
      .default([{ fn: 'count' }]),
    stepSeconds: z
      .number()
      .int()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe('A row a step of time, named by its begin.'),
    having: z
      .array(z.strictObject({ column: name, op: z.enum(['=', '!=', '<', '<=', '>', '>=']), value: z.number() }))
      .max(10)
      .default([]),
    top: z
      .strictObject({ by: name, count: limit(computeLimits.rows), order: z.enum(['most', 'least']).default('most') })
      .optional(),
    limits: z
      .strictObject({
        rows: limit(computeLimits.rows).default(computeLimits.rows.usual),
        bytes: limit(computeLimits.bytes).default(computeLimits.bytes.usual),
        seconds: limit(computeLimits.seconds).default(computeLimits.seconds.usual),
      })
      .prefault({}),
  })
  .meta({ id: 'ComputeAsk' })
export type ComputeAsk = z.output<typeof computeAsk>
export type ComputeAskInput = z.input<typeof computeAsk>

const used = z.object({ limit: z.number(), used: z.number() })

export const computeResult = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.enum(['text', 'number', 'time']) })),
    /** Values in the order of the columns; times are unix milliseconds. */
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    /** What was left out, cut, or could not be read, in words. */
    notes: z.array(z.string()),
    bounds: z.object({ rows: used, bytes: used, seconds: used, isCut: z.boolean() }),
    /** Lines or rows of files that were read, and what became of them; null where the source does not say. */
    read: z.object({ matched: z.number(), outside: z.number(), malformed: z.number() }).nullable(),
    /** Exactly what was run. */
    query: z.string(),
    tookSeconds: z.number(),
  })
  .meta({ id: 'ComputeResult' })
export type ComputeResult = z.infer<typeof computeResult>
