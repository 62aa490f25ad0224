/** Any source that speaks the Prometheus HTTP API: Prometheus, VictoriaMetrics, Thanos, Mimir. One question is one push-down in PromQL. */
import { DataError } from '../../data-error.ts'
import {
  coarseSpans,
  coarseStepSeconds,
  countSeconds,
  measuredSpans,
  type WindowSpan,
} from '../../query/rate-window.ts'
import { oneOf } from '../../model/selector.ts'
import type { SeriesAnswer, SeriesAsk, SourceKind, Together } from '../source.ts'
import type { HttpAddress } from '../http/request-json.ts'
import { createIntervalMemory, type IntervalMemory } from './interval-memory.ts'
import { queryRange, testPrometheus, type RangeAnswer, type RangeQuery } from './prometheus.ts'
import {
  measureExpression,
  newestSampleExpression,
  partOf,
  sampleCountExpression,
  togetherExpression,
} from './promql.ts'

export const prometheusKind: SourceKind = {
  kind: 'prometheus',
  title: 'Prometheus API',
  open(address, { fetch }) {
    const ask: Ask = (query, { isShort = false } = {}) =>
      fetch(
        {
          key: keyOf(query),
          until: query.to,
          cost: costOf,
          ...(isShort ? { together: shortTogether(address, query) } : {}),
        },
        (signal) => queryRange(address, query, { signal, isShort }),
      )
    const intervals = createIntervalMemory()
    return {
      series: (question) => readSeries(question, { ask, intervals }),
      test: () => testPrometheus(address),
      close: () => Promise.resolve(),
    }
  },
}

type Ask = (query: RangeQuery, of?: { isShort?: boolean }) => Promise<RangeAnswer>

interface Means {
  ask: Ask
  intervals: IntervalMemory
}

const timesOf = ({ from, to, stepSeconds }: RangeQuery) => `${from} ${to} ${stepSeconds}`
const keyOf = (query: RangeQuery) => `${timesOf(query)} ${query.expression}`

/** VictoriaMetrics reads expressions of up to 16 KiB. */
const togetherCharacters = 8_000

/**
 * What has a short answer goes in one request with others for the same times: a diagnosis asks for twenty measures, and a request takes
 * about as long as such an answer.
 */
function shortTogether(address: HttpAddress, query: RangeQuery): Together<RangeAnswer> {
  const times = timesOf(query)
  return {
    group: times,
    size: (query.expression.length + 60) / togetherCharacters,
    async send(questions, signal) {
      const queries = questions.map(({ key }) => ({ ...query, expression: key.slice(times.length + 1) }))
      return queryTogether(address, queries, signal)
    },
  }
}

async function queryTogether(
  address: HttpAddress,
  queries: readonly RangeQuery[],
  signal: AbortSignal,
): Promise<PromiseSettledResult<RangeAnswer>[]> {
  const [query, ...more] = queries
  if (query && more.length > 0) {
    const expression = togetherExpression(queries.map((one) => one.expression))
    try {
      const parts = partsOf(
        await queryRange(address, { ...query, expression }, { signal, isShort: true }),
        queries.length,
      )
      if (parts) return parts.map((value) => ({ status: 'fulfilled', value }))
    } catch (error) {
      // One of them may be wrong, or all together too large: then each is asked for itself.
      if (!(error instanceof DataError) || error.retryable) throw error
    }
  }
  const answers: PromiseSettledResult<RangeAnswer>[] = []
  for (const one of queries)
    answers.push(...(await Promise.allSettled([queryRange(address, one, { signal, isShort: true })])))
  return answers
}

/** Null when a series does not say which question it answers: then nobody can tell. */
function partsOf({ series, ...rest }: RangeAnswer, count: number): RangeAnswer[] | null {
  const parts = Array.from({ length: count }, (): RangeAnswer => ({ ...rest, series: [] }))
  for (const { labels, samples } of series) {
    const part = partOf(labels)
    const answer = part && parts[part.index]
    if (!answer) return null
    answer.series.push({ labels: part.labels, samples })
  }
  return parts
}

const costOf = ({ series }: RangeAnswer) => ({
  points: series.reduce((sum, { samples }) => sum + samples.length, 0),
  series: series.length,
})

/** Of this many points and fewer an answer is short, unless they are by groups. */
const shortPoints = 2_000
/** The same of newest samples, which are by host. */
const shortNewestPoints = 240

async function readSeries(question: SeriesAsk, means: Means): Promise<SeriesAnswer> {
  // Side by side: where the windows are known already, that is one turn at the source.
  const [newest, { spans, values, expression }] = await Promise.all([
    readNewest(question, means),
    readValues(question, means),
  ])
  return {
    values: values.flatMap(({ series }) => series),
    newest: newest.series,
    spans,
    incomplete: [...values, newest].find((answer) => answer.incomplete !== null)?.incomplete ?? null,
    expression,
  }
}

function readNewest({ measure, grid, stepSeconds, newest }: SeriesAsk, { ask }: Means): Promise<RangeAnswer> {
  const from = grid.find((t) => t >= (newest.from ?? 0)) ?? grid[0]!
  const query = {
    expression: newestSampleExpression(measure, {
      matchers: newest.where.map(({ label, values }) => oneOf(label, values)),
      by: newest.by.map(({ label }) => label),
    }),
    // Somewhat earlier, so that it is known at the first point already when its last sample was.
    from: from - leadPoints(stepSeconds) * stepSeconds * 1000,
    to: grid.at(-1)!,
    stepSeconds,
  }
  return ask(query, { isShort: (grid.at(-1)! - from) / 1000 / stepSeconds <= shortNewestPoints })
}

async function readValues(
  question: SeriesAsk,
  means: Means,
): Promise<{ spans: WindowSpan[]; values: RangeAnswer[]; expression: string }> {
  const { measure, where, groupBy, grid, stepSeconds } = question
  const spans = await spansOf(question, means)
  const matchers = where.map(({ label, values }) => oneOf(label, values))
  const by = groupBy.map(({ label }) => label)
  const isShort = groupBy.length === 0 && grid.length <= shortPoints
  const asked = spans.map(({ from, to, windowSeconds }): RangeQuery => ({
    expression: measureExpression(measure, { matchers, by, windowSeconds }),
    from,
    to,
    stepSeconds,
  }))
  const values = await Promise.all(asked.map((query) => means.ask(query, { isShort })))
  // The newest span's is shown: where older samples are coarser, their rates are taken over a longer window.
  return { spans, values, expression: asked.at(-1)!.expression }
}

const leadPoints = (stepSeconds: number) => Math.ceil(countSeconds / stepSeconds)

async function spansOf({ measure, grid, stepSeconds }: SeriesAsk, { ask, intervals }: Means): Promise<WindowSpan[]> {
  if (stepSeconds >= coarseStepSeconds) return coarseSpans(grid, stepSeconds)
  const expression = sampleCountExpression(measure, countSeconds)
  const { counts, dialect } = await intervals.counts(
    expression,
    { from: grid[0]!, to: grid.at(-1)! },
    async ({ from, to }) => {
      const answer = await ask({ expression, from, to, stepSeconds: countSeconds }, { isShort: true })
      return { found: new Map(answer.series[0]?.samples), dialect: answer.dialect }
    },
  )
  return measuredSpans(grid, { counts, stepSeconds, dialect })
}
