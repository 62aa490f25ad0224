import type { ComputeAskInput, ComputeResult } from '@tenon/data'
import { duration, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { secondsOf } from '../../input-fields.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'

type Filter = NonNullable<ComputeAskInput['where']>[number]
type Aggregate = NonNullable<ComputeAskInput['aggregates']>[number]

/** A report shows a table that somebody reads; the output has all rows. */
const evidenceRows = 50
/** What a step gives on is kept with the run: as text it may take so much. */
const outputCharacters = 200_000

const optionalText = (title: string, description: string) => z.string().default('').meta({ title, description })

export const compute = defineNode({
  type: 'ask.compute',
  version: 1,
  title: 'Compute',
  description:
    'Aggregates what the model has no measure for: calls of an application on some hosts by method, from a table, a measure, a database or raw logs. Lines are parsed by a pattern, filtered, grouped and counted where the data is; what could not be read is said. Large or slow questions are cut off.',
  group: 'ask',
  icon: 'sigma',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'neutral', meaning: 'The answer has at least one row.' },
    { name: 'nothing', tone: 'neutral', meaning: 'Nothing matches.' },
  ],
  mainInput: 'from',
  defaults: { timeoutSeconds: 330, attempts: 1 },
  input: z.object({
    from: z.string().min(1).meta({
      title: 'From',
      description:
        'A table or measure of the model; with a connection, what is read there: shop.orders, logs/{host}/*.log.',
    }),
    connection: optionalText('Connection', 'Only to read what the model does not name.').meta({
      'x-widget': 'connection',
    }),
    parse: optionalText(
      'Parse',
      'Of logs: nginx-combined, logfmt, json, or a pattern: <time> <level> <method> <path> <status> <took>. Empty: as the table says.',
    ),
    time: optionalText('Time field', 'The field that holds the time; empty: as the table says, else "time".'),
    window: duration.default('15m').meta({
      title: 'Window',
      description: 'How far back is asked.',
      'x-widget': 'duration',
    }),
    until: z.string().nullable().default('').meta({
      title: 'Until',
      description: 'The end of the window, ISO 8601; empty for the time of the run.',
    }),
    of: optionalText('Of', 'Only what belongs to this entity: the hosts of a service or a zone.').meta({
      'x-widget': 'entity',
    }),
    kind: z
      .string()
      .default('host')
      .meta({ title: 'Kind', description: 'What is told apart: the kind of the entities.' }),
    entities: z
      .array(z.string())
      .default([])
      .meta({ title: 'Entities', description: 'Only these, by id, one a line.' }),
    where: z
      .record(z.string(), z.string())
      .default({})
      .meta({ title: 'Where', description: 'Fields and their values, e.g. method: GET.' }),
    filters: z
      .array(z.string())
      .default([])
      .meta({ title: 'Filters', description: 'One a line: status >= 500, path contains /api/, agent matches ^curl.' }),
    groupBy: z.array(z.string()).default([]).meta({ title: 'Group by', description: 'Fields, one a line.' }),
    aggregates: z
      .array(z.string())
      .min(1)
      .default(['count'])
      .meta({ title: 'Aggregates', description: 'One a line: count, sum bytes, avg took, p95 took, distinct user.' }),
    step: optionalText('Step', 'A row a step of time: 1m. Empty for the whole window.'),
    top: z.number().int().min(0).max(1_000).default(0).meta({
      title: 'Top',
      description: 'Only so many groups, those with the most of the first aggregate; 0 for all.',
    }),
  }),
  output: z.object({
    /** Of the first row the first aggregate. */
    value: z.number().nullable(),
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    matched: z.number().nullable(),
    malformed: z.number(),
    isCut: z.boolean(),
    notes: z.array(z.string()),
    query: z.string(),
  }),
  async run(ctx, input) {
    const ask = askOf(input, ctx.asOf)
    const result = await ctx.data.compute(ask, { asOf: ctx.asOf, signal: ctx.signal })
    const { columns, bounds, read, query } = result
    const rows = withinOutput(result.rows)
    const left = result.rows.length - rows.length
    const notes = left === 0 ? result.notes : [...result.notes, `${left} rows are too long to be given on.`]
    const first = columns.findIndex(({ type }) => type === 'number')
    const value = rows[0]?.[first]
    const isEmpty = rows.length === 0 || (read !== null && read.matched === 0)
    return {
      outcome: isEmpty ? 'nothing' : 'found',
      output: {
        value: typeof value === 'number' ? value : null,
        rows: rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))),
        matched: read?.matched ?? null,
        malformed: read?.malformed ?? 0,
        isCut: bounds.isCut || left > 0,
        notes,
        query,
      },
      summary: isEmpty ? `Nothing of ${input.from} matches` : summaryOf(result),
      evidence: [
        tableOf(result, {
          source: input.connection || input.from,
          range: ask.range,
          stepSeconds: ask.stepSeconds ?? secondsOf(input.window),
        }),
      ],
    }
  },
})

/** The first rows that together are not too long. */
function withinOutput(rows: ComputeResult['rows']): ComputeResult['rows'] {
  let characters = 0
  const end = rows.findIndex((row) => (characters += JSON.stringify(row).length) > outputCharacters)
  return end === -1 ? rows : rows.slice(0, end)
}

type Input = z.infer<typeof compute.input>

function askOf(input: Input, asOf: number): ComputeAskInput {
  const { connection, from, parse, time, of, kind, entities, step, top } = input
  const to = untilOf(input.until, asOf)
  const aggregates = input.aggregates.map(aggregateOf)
  const isNarrowed = of !== '' || entities.length > 0
  return {
    from: connection === '' ? from : { source: connection, from },
    ...(parse === '' ? {} : { parse }),
    ...(time === '' ? {} : { time }),
    range: { from: to - secondsOf(input.window) * 1000, to },
    ...(isNarrowed
      ? { entities: { kind, ...(of === '' ? {} : { of }), ...(entities.length === 0 ? {} : { ids: entities }) } }
      : {}),
    where: [
      ...Object.entries(input.where).map(([field, value]): Filter => ({ field, op: '=', value })),
      ...input.filters.map(filterOf),
    ],
    groupBy: input.groupBy,
    aggregates,
    ...(step === '' ? {} : { stepSeconds: stepOf(step) }),
    ...(top === 0 ? {} : { top: { by: aggregates[0]!.as ?? '', count: top } }),
  }
}

/** `sum bytes`, `p99.9 took`, `count`. Each has a name, so that the first can be ranked by. */
function aggregateOf(text: string): Aggregate {
  const [fn = '', field, ...rest] = text.trim().split(/\s+/)
  const quantile = /^p(\d{1,2}(?:\.\d+)?)$/.exec(fn)?.[1]
  const as = field === undefined ? fn : `${fn}_${field}`
  if (rest.length === 0) {
    if (quantile !== undefined && field !== undefined)
      return { fn: 'quantile', field, quantile: Number((Number(quantile) / 100).toFixed(6)), as }
    const known = z.enum(['count', 'sum', 'avg', 'min', 'max', 'distinct']).safeParse(fn)
    if (known.success && (field !== undefined || known.data === 'count'))
      return { fn: known.data, ...(field === undefined ? {} : { field }), as }
  }
  throw new NodeError('bad-input', `"${text}" is no aggregate.`, {
    fix: 'Write count, or one of sum, avg, min, max, distinct, p95 and a field: sum bytes.',
  })
}

/** `status >= 500`: compared as a number where one is written. */
function filterOf(text: string): Filter {
  const found = /^(\S+)\s+(=|!=|<=|<|>=|>|contains|matches|exists)(?:\s+(.*))?$/s.exec(text.trim())
  const op = z.enum(['=', '!=', '<=', '<', '>=', '>', 'contains', 'matches', 'exists']).safeParse(found?.[2])
  const [field, value] = [found?.[1], found?.[3]]
  if (field === undefined || !op.success || (op.data === 'exists') !== (value === undefined))
    throw new NodeError('bad-input', `"${text}" is no filter.`, {
      fix: 'Write a field, one of = != < <= > >= contains matches exists, and a value: status >= 500.',
    })
  if (value === undefined) return { field, op: op.data }
  const isNumber = /^[<>]/.test(op.data) && value !== '' && Number.isFinite(Number(value))
  return { field, op: op.data, value: isNumber ? Number(value) : value }
}

function stepOf(step: string): number {
  const parsed = duration.safeParse(step)
  if (parsed.success) return Math.max(1, Math.round(secondsOf(parsed.data)))
  throw new NodeError('bad-input', `"${step}" is no step.`, { fix: 'Write a duration such as 30s, 1m or 1h.' })
}

function untilOf(until: string | null, asOf: number): number {
  if (until === null || until === '') return asOf
  const at = Date.parse(until)
  if (!Number.isNaN(at)) return Math.min(at, asOf)
  throw new NodeError('bad-input', `"${until}" is not a time.`, {
    fix: 'Give `until` as ISO 8601, e.g. 2026-03-04T12:30:00Z, or leave it empty.',
  })
}

function summaryOf({ columns, rows, read, bounds }: ComputeResult): string {
  const first = columns.findIndex(({ type }) => type === 'number')
  const figure =
    rows.length === 1
      ? `${columns[first]?.name ?? ''} ${String(rows[0]?.[first] ?? 'unknown')}`
      : `${rows.length} groups`
  const of = read === null ? '' : ` of ${read.matched} lines`
  return `${figure}${of}${bounds.isCut ? ', cut' : ''}`
}

function tableOf(
  { columns, rows, notes, query }: ComputeResult,
  { source, range, stepSeconds }: { source: string; range: ComputeAskInput['range']; stepSeconds: number },
): Evidence {
  const shown = rows.slice(0, evidenceRows)
  const iso = (at: number | string) => new Date(at).toISOString()
  const cut = shown.length < rows.length ? [`${shown.length} of ${rows.length} rows.`] : []
  return {
    id: 'computed',
    kind: 'table',
    title: 'Computed',
    subtitle: [...cut, ...notes].join(' ') || 'All of it',
    columns: columns.map(({ name }) => ({ key: name, label: name })),
    rows: shown.map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }, index) => {
          const cell = row[index] ?? null
          return [
            name,
            type === 'time' && typeof cell === 'number' ? iso(cell) : typeof cell === 'boolean' ? String(cell) : cell,
          ]
        }),
      ),
    ),
    queries: [{ source, expression: query, from: iso(range.from), to: iso(range.to), stepSeconds }],
  }
}
