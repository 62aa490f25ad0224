/** Loki's logs as rows: a measure is pushed down as LogQL. A table's `from` is a stream selector with stages; see `log-query.ts`. */
import * as z from 'zod'
import type { Dimension } from '../../query/expected-entities.ts'
import { maximumPoints, maximumSeries } from '../../query/query-plan.ts'
import type { LabelledSeries, SeriesAnswer, SeriesAsk, SharedFetch, SourceKind } from '../source.ts'
import { requestJson, type HttpAddress } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { gridSlots, leadSteps } from '../rows/grid-slots.ts'
import { computeLines } from './compute-lines.ts'
import { durationText, loki, queryRange, shiftOf, type RangeQuery } from './loki-api.ts'
import { newestExpression, valuesExpression } from './logql.ts'

export const lokiKind: SourceKind = {
  kind: 'loki',
  title: 'Loki',
  open(address, { fetch }) {
    return {
      series: (question) => readSeries(question, { address, fetch }),
      compute: (asked, signal) => computeLines(address, asked, signal),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

interface Means {
  address: HttpAddress
  fetch: SharedFetch
}

async function readSeries(question: SeriesAsk, means: Means): Promise<SeriesAnswer> {
  const { grid, stepSeconds, groupBy, newest } = question
  const [first, to] = [grid[0]!, grid.at(-1)!]
  const stepMilliseconds = stepSeconds * 1000
  const shift = shiftOf(first, stepMilliseconds)
  const range = `[${durationText(stepMilliseconds)}]${shift === 0 ? '' : ` offset ${durationText(shift)}`}`
  const expression = valuesExpression(question, range)
  const lead = Math.min(leadSteps(stepSeconds), Math.max(0, maximumPoints - grid.length))
  const common = { shift, stepMilliseconds, to }
  const [values, reported] = await Promise.all([
    ask({ ...common, expression, from: first }, groupBy, means),
    ask(
      { ...common, expression: newestExpression(question, range), from: first - lead * stepMilliseconds },
      newest.by,
      means,
    ),
  ])
  return {
    values: values.series,
    newest: reported.series.map(({ labels, samples }) => ({
      labels,
      samples: samples.map(([t, milliseconds]): [number, number] => [t, milliseconds / 1000]),
    })),
    spans: gridSlots(question).spans,
    incomplete: values.incomplete ?? reported.incomplete,
    expression,
  }
}

async function ask(query: RangeQuery, by: readonly Dimension[], { address, fetch }: Means): Promise<Asked> {
  const labels = by.map(({ label }) => label)
  const key = JSON.stringify([query, labels])
  return fetch({ key, until: query.to, cost: costOf }, async (signal) => {
    const { series, incomplete } = await queryRange(address, query, { signal, mostSeries: maximumSeries })
    return {
      series: series.map(({ metric, samples }) => ({
        labels: Object.fromEntries(labels.map((label) => [label, Object.hasOwn(metric, label) ? metric[label]! : ''])),
        samples,
      })),
      incomplete,
    }
  })
}

interface Asked {
  series: LabelledSeries[]
  incomplete: string | null
}

const costOf = ({ series }: Asked) => ({
  points: series.reduce((sum, { samples }) => sum + samples.length, 0),
  series: series.length,
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
