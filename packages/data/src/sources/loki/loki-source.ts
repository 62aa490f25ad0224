/** Loki's logs as rows: a measure is pushed down as LogQL. A table's `from` is a stream selector with stages; see `log-query.ts`. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { maximumPoints, maximumSeries } from '../../query-plan.ts'
import type { LabelledSeries, SeriesAnswer, SeriesAsk, SharedFetch, SourceKind } from '../../source.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { gridSlots } from '../rows/grid-slots.ts'
import { newestExpression, valuesExpression } from './logql.ts'

const loki: Product = {
  name: 'Loki',
  example: 'http://loki:3100, or http://loki:3100?tenant=team-a where it has tenants',
  // It says why in plain text; only of tenants it does so with 401.
  said: (body, text) => refusal.safeParse(body).data?.message ?? (text.startsWith('no org id') ? noTenant : null),
  headers(configured): Record<string, string> {
    const tenant = configured.searchParams.get('tenant')
    return tenant === null ? {} : { 'x-scope-orgid': tenant }
  },
}

const refusal = z.object({ message: z.string() })
const noTenant = 'it has tenants, and the address names none (?tenant=...)'

export const lokiKind: SourceKind = {
  kind: 'loki',
  title: 'Loki',
  open(address, { fetch }) {
    return {
      series: (ask) => readSeries(ask, { address, fetch }),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

interface Means {
  address: HttpAddress
  fetch: SharedFetch
}

/** How long before its first point an answer looks for the newest line, at least one step. */
const leadSeconds = 300

async function readSeries(ask: SeriesAsk, means: Means): Promise<SeriesAnswer> {
  const { grid, stepSeconds, groupBy, newest } = ask
  const step = stepSeconds * 1000
  // Loki may move times to whole steps. So whole ones are asked for, and the windows moved back to where they shall be.
  const shift = (step - (grid[0]! % step)) % step
  const range = `[${durationText(step)}]${shift === 0 ? '' : ` offset ${durationText(shift)}`}`
  const expression = valuesExpression(ask, range)
  const lead = Math.min(Math.max(1, Math.ceil(leadSeconds / stepSeconds)), Math.max(0, maximumPoints - grid.length))
  const common = { shift, stepSeconds, to: grid.at(-1)! }
  const [values, reported] = await Promise.all([
    queryRange({ ...common, expression, from: grid[0]!, by: groupBy.map(({ label }) => label) }, means),
    queryRange(
      {
        ...common,
        expression: newestExpression(ask, range),
        from: grid[0]! - lead * step,
        by: newest.by.map(({ label }) => label),
      },
      means,
    ),
  ])
  return {
    values: values.series,
    newest: reported.series.map(({ labels, samples }) => ({
      labels,
      samples: samples.map(([t, milliseconds]): [number, number] => [t, milliseconds / 1000]),
    })),
    spans: gridSlots(ask).spans,
    incomplete: values.incomplete ?? reported.incomplete,
    expression,
  }
}

interface RangeQuery {
  expression: string
  from: number
  to: number
  stepSeconds: number
  /** Added to the times that are asked for, and taken off again. */
  shift: number
  by: string[]
}

interface RangeAnswer {
  series: LabelledSeries[]
  incomplete: string | null
}

async function queryRange(query: RangeQuery, { address, fetch }: Means): Promise<RangeAnswer> {
  const { expression, from, to, stepSeconds, shift } = query
  const form = new URLSearchParams({
    query: expression,
    start: nanoseconds(from + shift),
    end: nanoseconds(to + shift),
    step: `${stepSeconds}s`,
  })
  return fetch({ key: form.toString(), until: to, cost: costOf }, async (signal) => {
    const { data, warnings } = await requestJson(address, loki, {
      path: 'loki/api/v1/query_range',
      body: { form },
      schema: matrixAnswer,
      signal,
    })
    if (data.result.length > maximumSeries)
      throw new DataError('query-too-large', `The query gives more than ${maximumSeries} series.`, {
        fix: 'Filter by a dimension, or group by fewer.',
      })
    return {
      series: data.result.map(({ metric, values }) => ({
        labels: Object.fromEntries(
          query.by.map((label) => [label, Object.hasOwn(metric, label) ? metric[label]! : '']),
        ),
        samples: placed(values, query),
      })),
      incomplete: warnings[0] ?? null,
    }
  })
}

/** A fraction of a second would be rounded. */
const nanoseconds = (t: number): string => `${Math.round(t)}000000`

/** Finite values at times that were asked for, in order, one a time. */
function placed(values: [number, string][], { from, to, stepSeconds, shift }: RangeQuery): LabelledSeries['samples'] {
  const found = new Map<number, number>()
  for (const [seconds, text] of values) {
    const t = Math.round(seconds * 1000) - shift
    const value = text.trim() === '' ? Number.NaN : Number(text)
    const isAsked = t >= from && t <= to && (t - from) % (stepSeconds * 1000) === 0
    if (isAsked && Number.isFinite(value)) found.set(t, value)
  }
  return [...found].sort(([a], [b]) => a - b)
}

const costOf = ({ series }: RangeAnswer) => ({
  points: series.reduce((sum, { samples }) => sum + samples.length, 0),
  series: series.length,
})

const saidWarnings = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? [])
const matrixAnswer = z.object({
  status: z.literal('success'),
  warnings: saidWarnings,
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
})
const labelsAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()).nullish() })

async function look(address: HttpAddress): Promise<string> {
  const found = await requestJson(address, loki, {
    path: 'loki/api/v1/labels',
    schema: labelsAnswer,
    seconds: testSeconds,
  })
  return `It answers; labels of streams in the last hours: ${found.data?.length ?? 0}.`
}

/** As people write it: `90s`, `5m`, `2h`. */
function durationText(milliseconds: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const)
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`
  return `${milliseconds}ms`
}
