/** Asks Loki for series over a range of times. Reads only. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'

export const loki: Product = {
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

export interface RangeQuery {
  expression: string
  /** Unix ms, both with a value, one a step. */
  from: number
  to: number
  stepMilliseconds: number
  /** Added to the times that are asked for, and taken off again. */
  shift: number
  /** By so much a time may come too early: Loki cuts an offset of nanoseconds to whole milliseconds. */
  slackMilliseconds?: number
}

export interface RangeLimits {
  signal?: AbortSignal
  seconds?: number
  mostSeries: number
}

export interface RangeAnswer {
  series: { metric: Record<string, string>; samples: [t: number, value: number][] }[]
  incomplete: string | null
  /** That Loki read for it; 0 where it does not say. */
  bytes: number
}

/**
 * Loki may move times to whole steps. So whole ones are asked for, and the windows moved back by an offset of as much.
 *
 * @returns milliseconds
 */
export const shiftOf = (from: number, stepMilliseconds: number): number =>
  (stepMilliseconds - (from % stepMilliseconds)) % stepMilliseconds

/** Only finite values at times that were asked for. @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function queryRange(
  address: HttpAddress,
  query: RangeQuery,
  { mostSeries, ...limits }: RangeLimits,
): Promise<RangeAnswer> {
  const { expression, from, to, stepMilliseconds, shift } = query
  const form = new URLSearchParams({
    query: expression,
    start: nanoseconds(from + shift),
    end: nanoseconds(to + shift),
    step: `${stepMilliseconds / 1000}s`,
  })
  const { data, warnings } = await requestJson(address, loki, {
    path: 'loki/api/v1/query_range',
    body: { form },
    schema: matrixAnswer,
    ...limits,
  })
  if (data.result.length > mostSeries)
    throw new DataError('query-too-large', `The query gives more than ${mostSeries} series.`, {
      fix: 'Filter by a dimension, or group by fewer.',
    })
  return {
    series: data.result.map(({ metric, values }) => ({ metric, samples: placed(values, query) })),
    incomplete: warnings[0] ?? null,
    bytes: statistics.safeParse(data.stats).data?.summary.totalBytesProcessed ?? 0,
  }
}

/** A fraction of a second would be rounded. */
const nanoseconds = (t: number): string => `${Math.round(t)}000000`

/** In order, one a time. */
function placed(values: [number, string][], query: RangeQuery): [number, number][] {
  const { from, to, stepMilliseconds, shift, slackMilliseconds = 0 } = query
  const found = new Map<number, number>()
  for (const [seconds, text] of values) {
    const came = Math.round(seconds * 1000) - shift
    const t = from + Math.round((came - from) / stepMilliseconds) * stepMilliseconds
    const isAsked = t >= from && t <= to && t - came >= 0 && t - came <= slackMilliseconds
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (isAsked && Number.isFinite(value)) found.set(t, value)
  }
  return [...found].sort(([a], [b]) => a - b)
}

const saidWarnings = z
  .array(z.string())
  .nullish()
  .transform((found) => found ?? [])
const matrixAnswer = z.object({
  status: z.literal('success'),
  warnings: saidWarnings,
  data: z.object({
    resultType: z.literal('matrix'),
    stats: z.unknown().optional(),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
})
const statistics = z.object({ summary: z.object({ totalBytesProcessed: z.number() }) })

/** As people write it: `90s`, `5m`, `2h`. */
export function durationText(milliseconds: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const)
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`
  return `${milliseconds}ms`
}
