/** Any source that speaks the Prometheus HTTP API: Prometheus, VictoriaMetrics, Thanos, Mimir. One question is one push-down in PromQL. */
import type { Point } from '@tenon/runbook'
import { coarseSpans, coarseStepSeconds, countSeconds, measuredSpans, type WindowSpan } from '../../rate-window.ts'
import { oneOf } from '../../selector.ts'
import type { SeriesAnswer, SeriesAsk, SourceKind } from '../../source.ts'
import { queryRange, testPrometheus, type RangeAnswer, type RangeQuery } from './prometheus.ts'
import { measureExpression, newestSampleExpression, sampleCountExpression } from './promql.ts'

export const prometheusKind: SourceKind = {
  kind: 'prometheus',
  title: 'Prometheus API',
  open(address, { fetch }) {
    const ask = (query: RangeQuery) =>
      fetch({ key: JSON.stringify(query), cost: costOf }, () => queryRange(address, query))
    return {
      series: (question) => readSeries(question, ask),
      test: () => testPrometheus(address),
      close: () => Promise.resolve(),
    }
  },
}

type Ask = (query: RangeQuery) => Promise<RangeAnswer>

const costOf = ({ series }: RangeAnswer) => ({
  points: series.reduce((sum, { samples }) => sum + samples.length, 0),
  series: series.length,
})

async function readSeries(question: SeriesAsk, ask: Ask): Promise<SeriesAnswer> {
  const { measure, where, groupBy, grid, stepSeconds, newest: reported } = question
  const matchers = where.map(({ label, values }) => oneOf(label, values))
  const by = groupBy.map(({ label }) => label)
  const [newest, spans] = await Promise.all([
    ask({
      expression: newestSampleExpression(measure, {
        matchers: reported.where.map(({ label, values }) => oneOf(label, values)),
        by: reported.by.map(({ label }) => label),
      }),
      // Somewhat earlier, so that it is known at the first point already when its last sample was.
      from: grid[0]! - leadPoints(stepSeconds) * stepSeconds * 1000,
      to: grid.at(-1)!,
      stepSeconds,
    }),
    spansOf(question, ask),
  ])
  const asked = spans.map((span) => ({
    span,
    expression: measureExpression(measure, { matchers, by, windowSeconds: span.windowSeconds }),
  }))
  const values = await Promise.all(
    asked.map(({ span, expression }) => ask({ expression, from: span.from, to: span.to, stepSeconds })),
  )
  return {
    values: values.flatMap(({ series }) => series),
    newest: newest.series,
    spans,
    incomplete: [...values, newest].find((answer) => answer.incomplete !== null)?.incomplete ?? null,
    // The newest span's: where older samples are coarser, their rates are taken over a longer window.
    expression: asked.at(-1)!.expression,
  }
}

const leadPoints = (stepSeconds: number) => Math.ceil(countSeconds / stepSeconds)

async function spansOf({ measure, grid, stepSeconds }: SeriesAsk, ask: Ask): Promise<WindowSpan[]> {
  if (stepSeconds >= coarseStepSeconds) return coarseSpans(grid, stepSeconds)
  const [first, to] = [grid[0]!, grid.at(-1)!]
  const slots = Math.ceil((to - first) / 1000 / countSeconds)
  const from = to - slots * countSeconds * 1000
  const answer = await ask({
    expression: sampleCountExpression(measure, countSeconds),
    from,
    to,
    stepSeconds: countSeconds,
  })
  const found = new Map(answer.series[0]?.samples)
  const counts = Array.from({ length: slots + 1 }, (_, index): Point => {
    const t = from + index * countSeconds * 1000
    return [t, found.get(t) ?? null]
  })
  return measuredSpans(grid, { counts, stepSeconds, dialect: answer.dialect })
}
