/**
 * Reads the index of a store that speaks the Prometheus API, never its samples: names, labels, and label sets in pages. Which metrics have
 * a label is one request a label, so that 50,000 metrics cost as many requests as there are labels.
 */
import * as z from 'zod'
import { DataError } from '../data-error.ts'
import { oneOf, writeSelector } from '../selector.ts'
import { requestJson, type HttpAddress, type Product } from '../sources/http/request-json.ts'
import type { LabelSet, Listing, MetricAbout, MetricsReader } from './readers.ts'

export interface PrometheusReading {
  address: HttpAddress
  source: string
  /** Unix milliseconds. */
  now: number
  /** What was written in the hours before is looked at; 24 by default. */
  hours?: number
}

/** Stores refuse longer queries; VictoriaMetrics above 16 KiB. */
const selectorCharacters = 8_000
/** Above it a page is read in halves. VictoriaMetrics gives at most 30,000. */
const pageSeries = 20_000
/** VictoriaMetrics gives at most so many values of a label. */
const mostValues = 100_000

const product: Product = {
  name: 'a Prometheus API',
  example: 'http://prometheus:9090',
  said: (body) => errorAnswer.safeParse(body).data?.error ?? null,
}
const errorAnswer = z.object({ error: z.string() })
const partial = { isPartial: z.boolean().optional(), warnings: z.array(z.string()).optional() }
const listAnswer = z.object({ status: z.literal('success'), data: z.array(z.string()), ...partial })
const seriesAnswer = z.object({
  status: z.literal('success'),
  data: z.array(z.record(z.string(), z.string())),
  ...partial,
})
const aboutAnswer = z.object({
  status: z.literal('success'),
  data: z.record(
    z.string(),
    z.array(z.object({ type: z.string(), help: z.string().default(''), unit: z.string().default('') })),
  ),
})

export function prometheusReader({ address, source, now, hours = 24 }: PrometheusReading): MetricsReader {
  const span = { start: String(Math.floor(now / 1000) - hours * 3600), end: String(Math.ceil(now / 1000)) }
  const ask = <T>(path: string, schema: z.ZodType<T>, query: Record<string, string>): Promise<T> =>
    requestJson(address, product, {
      path: `api/v1/${path}`,
      query: new URLSearchParams({ ...span, ...query }),
      schema,
      seconds: 60,
      maximumBytes: 128 * 1024 * 1024,
    })

  const list = async (path: string, query: Record<string, string> = {}): Promise<Listing> => {
    const answer = await ask(path, listAnswer, query)
    return { values: answer.data, whole: isWhole(answer) && answer.data.length < mostValues }
  }

  async function page(match: string): Promise<Page> {
    const answer = await ask('series', seriesAnswer, { 'match[]': match, limit: String(pageSeries) })
    return { sets: answer.data, whole: isWhole(answer) && answer.data.length < pageSeries }
  }

  /** Halves what gives too much, by metrics and then by values, until one of each is left. */
  async function halved(metrics: readonly string[], only: Only | undefined): Promise<Page> {
    const found = await page(selectorOf(metrics, only))
    if (found.whole) return found
    const [left, right] =
      metrics.length > 1
        ? halves(metrics).map((half) => ({ metrics: half, only }))
        : only && only.values.length > 1
          ? halves(only.values).map((values) => ({ metrics, only: { label: only.label, values } }))
          : []
    if (!left || !right) return found
    const [first, second] = [await halved(left.metrics, left.only), await halved(right.metrics, right.only)]
    return { sets: [...first.sets, ...second.sets], whole: first.whole && second.whole }
  }

  return {
    shape: 'metrics',
    source,
    labelNames: () => list('labels'),
    metricNames: (having) =>
      list('label/__name__/values', having === undefined ? {} : { 'match[]': `{${checkedLabel(having)}!=""}` }),
    labelValues: (label) => list(`label/${checkedLabel(label)}/values`),
    async about() {
      const answer = await ask('metadata', aboutAnswer, { limit_per_metric: '1' }).catch((error: unknown) => {
        // A store may keep none, or not have the address at all: names then say what they can.
        if (error instanceof DataError && error.code === 'source-refused') return { data: {} }
        throw error
      })
      return new Map(
        Object.entries(answer.data).flatMap(([name, [first]]): [string, MetricAbout][] =>
          first ? [[name, first]] : [],
        ),
      )
    },
    async labelSets({ metrics, only }) {
      const pages: Page[] = []
      for (const batch of batches(metrics))
        for (const values of only ? batches(only.values) : [undefined])
          pages.push(await halved(batch, only && values ? { label: only.label, values } : undefined))
      return { sets: pages.flatMap(({ sets }) => sets), whole: pages.every(({ whole }) => whole) }
    },
  }
}

interface Page {
  sets: LabelSet[]
  whole: boolean
}

interface Only {
  label: string
  values: readonly string[]
}

/** Written from parts; every name and value is quoted and escaped. */
function selectorOf(metrics: readonly string[], only: Only | undefined): string {
  const matchers = [oneOf('__name__', metrics), ...(only ? [oneOf(only.label, only.values)] : [])]
  return writeSelector({ name: null, matchers })
}

/** Labels come from the store itself; one that is no label is none of its. */
function checkedLabel(label: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(label)) return label
  throw new DataError('bad-query', `"${label.slice(0, 80)}" is not the name of a label.`, {
    fix: 'Labels are letters, digits and underscores.',
  })
}

function isWhole(answer: { isPartial?: boolean | undefined; warnings?: string[] | undefined }): boolean {
  return answer.isPartial !== true && !(answer.warnings ?? []).some((warning) => !warning.startsWith('PromQL'))
}

function halves<T>(list: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(list.length / 2)
  return [list.slice(0, middle), list.slice(middle)]
}

/** So many that their names fit into a query. */
function* batches(values: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let characters = 0
  for (const value of values) {
    if (batch.length > 0 && characters + value.length + 1 > selectorCharacters) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(value)
    characters += value.length + 1
  }
  if (batch.length > 0) yield batch
}
