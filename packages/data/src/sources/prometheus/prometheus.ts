/** Asks a source that speaks the Prometheus HTTP API (Prometheus, VictoriaMetrics, Mimir, Thanos). Reads only. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { maximumSeries } from '../../query-plan.ts'
import { AnswerTooLong, httpPost, type PostAnswer } from './http-post.ts'
import type { Dialect } from '../../rate-window.ts'
import type { LabelledSeries, SourceAddress, SourceTest } from '../../source.ts'

/** The secret is a bearer token, or `user:password`. */
export type PrometheusAddress = Pick<SourceAddress, 'url' | 'secret'>

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
const maximumBytes = 64 * 1024 * 1024

/**
 * Values that are not finite are left out.
 *
 * @throws DataError `source-unreachable`, `source-refused`, `query-too-large`
 */
export async function queryRange(address: PrometheusAddress, query: RangeQuery): Promise<RangeAnswer> {
  const answer = await post(address, { path: 'api/v1/query_range', form: rangeForm(query) })
  const parsed = matrixAnswer.safeParse(answer)
  if (!parsed.success) throw notPrometheus(address, parsed.error)
  const { data, stats, isPartial, warnings } = parsed.data
  if (data.result.length > maximumSeries)
    throw new DataError(
      'query-too-large',
      `The query gives ${data.result.length} series; at most ${maximumSeries} are read.`,
      {
        fix: 'Filter by a dimension, or group by fewer.',
      },
    )
  return {
    series: data.result.map(({ metric, values }) => ({ labels: metric, samples: values.flatMap(finite) })),
    // Only MetricsQL engines count the series that they fetched.
    dialect: stats?.seriesFetched === undefined ? 'promql' : 'metricsql',
    incomplete: isPartial ? 'a part of its storage did not reply' : (warnings?.find(isAboutStorage) ?? null),
  }
}

/** Whether a source answers, for the button in the settings. Never throws. */
export async function testPrometheus(address: PrometheusAddress): Promise<SourceTest> {
  try {
    const answer = await post(address, {
      path: 'api/v1/query',
      form: new URLSearchParams({ query: 'count(up)' }),
      seconds: 10,
    })
    const parsed = vectorAnswer.safeParse(answer)
    if (!parsed.success) throw notPrometheus(address, parsed.error)
    const targets = parsed.data.data.result[0]?.value[1]
    return { ok: true, detail: targets === undefined ? 'It answers.' : `It answers; targets scraped: ${targets}.` }
  } catch (error) {
    if (error instanceof DataError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}

const sample = z.tuple([z.number(), z.string()])
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
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(sample) })),
  }),
})
const vectorAnswer = z.object({
  ...success,
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
})
const errorAnswer = z.object({ error: z.string(), errorType: z.string().optional() })

/** Warnings of PromQL are about types of metrics; all others say that something was not read. */
const isAboutStorage = (warning: string) => !warning.startsWith('PromQL')

/** A store sums its series in any order, so that the last digits differ between two equal questions; no meter means them. */
const meantDigits = 12

function finite([seconds, text]: [number, string]): [number, number][] {
  const value = Number(text)
  return Number.isFinite(value) ? [[Math.round(seconds * 1000), Number(value.toPrecision(meantDigits))]] : []
}

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

interface Call {
  path: string
  form: URLSearchParams
  seconds?: number
}

async function post(address: PrometheusAddress, { path, form, seconds = timeoutSeconds }: Call): Promise<unknown> {
  const url = addressOf(address, path)
  const signal = AbortSignal.timeout(seconds * 1000)
  const headers = { accept: 'application/json', ...authorization(address.secret) }
  let answer: PostAnswer
  try {
    answer = await httpPost({ url, form, headers, signal, maximumBytes })
  } catch (cause) {
    if (cause instanceof AnswerTooLong)
      throw new DataError('query-too-large', `The source's answer is above ${maximumBytes / 1024 / 1024} MiB.`, {
        fix: 'Ask for a shorter time, a longer step or fewer groups.',
      })
    throw unreachable(url, { cause, timedOutAfter: signal.aborted ? seconds : null })
  }
  return readAnswer(url, answer)
}

function readAnswer(url: URL, { status, text }: PostAnswer): unknown {
  if (status >= 300 && status < 400) {
    throw refused(url, 'it redirects', { fix: 'Set the connection to the address that it redirects to.' })
  }
  if (status === 401 || status === 403) {
    throw refused(url, `it answers ${status}, not allowed`, {
      fix: "Check the connection's secret: a bearer token, or user:password.",
    })
  }
  const body = parseJson(text)
  if (status >= 200 && status < 300) return body
  const parsed = errorAnswer.safeParse(body)
  const said = parsed.success ? parsed.data.error : text.trim()
  // Gateways answer 502 to 504 when what is behind them does not; an overloaded store answers 429 or 503.
  const retryable = status === 429 || status >= 500
  throw refused(url, `${status}: ${said.slice(0, 300) || 'no message'}`, {
    fix: retryable ? 'Try again; if it stays, look at the source.' : 'Check the selector in the model, and the source.',
    retryable,
  })
}

function addressOf({ url }: PrometheusAddress, path: string): URL {
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new DataError('source-refused', `"${url}" is not an address of a Prometheus API.`, {
      fix: 'Set the connection to an address such as http://prometheus:9090.',
    })
  // Whatever is configured, an address with user and password in it is never shown.
  base.username = ''
  base.password = ''
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return new URL(path, base)
}

function authorization(secret: string | null): Record<string, string> {
  if (!secret) return {}
  return {
    authorization: secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`,
  }
}

/** Null for what is no JSON: the schemas refuse it, with a better message than a parser's. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function unreachable(url: URL, { cause, timedOutAfter }: { cause: unknown; timedOutAfter: number | null }): DataError {
  const what = timedOutAfter === null ? 'cannot be reached' : `did not answer within ${timedOutAfter} s`
  return new DataError('source-unreachable', `${url.origin} ${what}.`, {
    fix: 'Check that it runs, and its address in Settings, Connections.',
    cause,
  })
}

function refused(url: URL, why: string, options: { fix: string; retryable?: boolean }): DataError {
  return new DataError('source-refused', `${url.origin} refused the query: ${why}.`, options)
}

function notPrometheus({ url }: PrometheusAddress, cause: unknown): DataError {
  const origin = URL.canParse(url) ? new URL(url).origin : url
  return new DataError('source-refused', `${origin} does not answer as a Prometheus API does.`, {
    fix: 'Check the address and its path in Settings, Connections.',
    cause,
  })
}
