/** Asks a source that speaks the Prometheus HTTP API (Prometheus, VictoriaMetrics, Mimir, Thanos). Reads only. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { maximumSeries } from '../../query/query-plan.ts'
import type { Dialect } from '../../query/rate-window.ts'
import type { LabelledSeries, SourceTest } from '../source.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { readSamples } from './read-samples.ts'

/** Times are unix milliseconds. */
export interface RangeQuery {
  expression: string
  from: number
  to: number
  stepSeconds: number
}

export interface RangeAnswer {
  series: LabelledSeries[]
  dialect: Dialect
  /** What the source says is wrong with its own answer, e.g. that a part of its storage did not reply. */
  incomplete: string | null
}

const timeoutSeconds = 30

const product: Product = {
  name: 'a Prometheus API',
  example: 'http://prometheus:9090',
  said: (body) => errorAnswer.safeParse(body).data?.error ?? null,
}

/**
 * Values that are not finite are left out.
 *
 * @throws DataError `source-unreachable`, `source-refused`, `query-too-large`
 */
export async function queryRange(
  address: HttpAddress,
  query: RangeQuery,
  { signal, isShort = false }: { signal?: AbortSignal; isShort?: boolean } = {},
): Promise<RangeAnswer> {
  const { data, stats, isPartial, warnings } = await requestJson(address, product, {
    path: 'api/v1/query_range',
    body: { form: rangeForm(query) },
    schema: matrixAnswer,
    seconds: timeoutSeconds,
    isShort,
    ...(signal ? { signal } : {}),
  })
  if (data.result.length > maximumSeries)
    throw new DataError(
      'query-too-large',
      `The query gives ${data.result.length} series; at most ${maximumSeries} are read.`,
      {
        fix: 'Filter by a dimension, or group by fewer.',
      },
    )
  return {
    series: data.result.map(({ metric, values }) => ({ labels: metric, samples: values })),
    // Only MetricsQL engines count the series that they fetched.
    dialect: stats?.seriesFetched === undefined ? 'promql' : 'metricsql',
    incomplete: isPartial ? 'a part of its storage did not reply' : (warnings?.find(isAboutStorage) ?? null),
  }
}

/** Whether a source answers, for the button in the settings. Never throws. */
export function testPrometheus(address: HttpAddress): Promise<SourceTest> {
  return testConnection(async () => {
    const { data } = await requestJson(address, product, {
      path: 'api/v1/query',
      body: { form: new URLSearchParams({ query: 'count(up)' }) },
      schema: vectorAnswer,
      seconds: testSeconds,
    })
    const targets = data.result[0]?.value[1]
    return targets === undefined ? 'It answers.' : `It answers; targets scraped: ${targets}.`
  })
}

const sample = z.tuple([z.number(), z.string()])
/** Looked at one by one only here: of a schema for each pair most of the time of a query would consist. */
const samples = z
  .custom<unknown[]>((values) => Array.isArray(values))
  .transform((values, context) => {
    const read = readSamples(values)
    if (read !== null) return read
    context.addIssue({ code: 'custom', message: 'a sample is no pair of time and value' })
    return z.NEVER
  })
const success = {
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  isPartial: z.boolean().optional(),
  stats: z.looseObject({ seriesFetched: z.unknown().optional() }).optional(),
}
const matrixAnswer = z.object({
  ...success,
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: samples })),
  }),
})
const vectorAnswer = z.object({
  ...success,
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
})
const errorAnswer = z.object({ error: z.string(), errorType: z.string().optional() })

/** Warnings of PromQL are about types of metrics; all others say that something was not read. */
const isAboutStorage = (warning: string) => !warning.startsWith('PromQL')

function rangeForm({ expression, from, to, stepSeconds }: RangeQuery): URLSearchParams {
  return new URLSearchParams({
    query: expression,
    start: String(from / 1000),
    end: String(to / 1000),
    step: String(stepSeconds),
    timeout: `${timeoutSeconds}s`,
    // VictoriaMetrics moves the times of a cached query to whole steps and by default hides the newest 30 s. Others ignore these.
    nocache: '1',
    latency_offset: '1ms',
  })
}
