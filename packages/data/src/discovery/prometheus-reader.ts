/**
 * Reads the index of a store that speaks the Prometheus API, never its samples: names, labels, and label sets in pages. Which metrics have
 * a label is one request a label, so that 50,000 metrics cost as many requests as there are labels. What is too much for one answer is asked
 * in halves, to a limit.
 */
import * as z from 'zod'
import { DataError } from '../data-error.ts'
import { oneOf, writeSelector, type Matcher } from '../model/selector.ts'
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
/** Of label sets. VictoriaMetrics refuses what has more than 30,000. */
const pageSeries = 20_000
/** VictoriaMetrics gives at most so many values of a label. */
const mostValues = 100_000
/** Requests of one discovery: what is beyond is left unread, and said to be. */
const mostRequests = 5_000

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
  let requests = 0
  const ask = <T>(path: string, schema: z.ZodType<T>, query: Record<string, string>): Promise<T> => {
    requests++
    return requestJson(address, product, {
      path: `api/v1/${path}`,
      query: new URLSearchParams({ ...span, ...query }),
      schema,
      seconds: 60,
      maximumBytes: 128 * 1024 * 1024,
    })
  }
  const canAsk = () => requests < mostRequests

  const list = async (path: string, match?: readonly Matcher[]): Promise<Listing> => {
    const answer = await ask(path, listAnswer, match ? { 'match[]': selector(match) } : {})
    return { values: answer.data, whole: isWhole(answer) && answer.data.length < mostValues }
  }

  /** The names that match, asked by their beginnings where the store has too many series for one question. */
  async function namesWith(matcher: Matcher): Promise<Listing> {
    const all = await orTooMuch(list('label/__name__/values', [matcher]))
    if (all) return all
    const names = await list('label/__name__/values')
    const beginnings = [...new Set(names.values.map((name) => name.slice(0, beginning)))]
    const halved = async (some: readonly string[]): Promise<Listing> => {
      const found = canAsk() ? await orTooMuch(list('label/__name__/values', [beginsWith(some), matcher])) : null
      if (found) return found
      if (some.length < 2 || !canAsk()) return { values: [], whole: false }
      const [left, right] = halves(some)
      return joined(await halved(left), await halved(right))
    }
    let found: Listing = { values: [], whole: names.whole }
    for (const some of batches(beginnings)) found = joined(found, await halved(some))
    return found
  }

  async function page(match: readonly Matcher[]): Promise<{ sets: LabelSet[]; whole: boolean }> {
    if (!canAsk()) return { sets: [], whole: false }
    const query = { 'match[]': selector(match), limit: String(pageSeries) }
    const answer = await orTooMuch(ask('series', seriesAnswer, query))
    if (!answer) return { sets: [], whole: false }
    return { sets: answer.data, whole: isWhole(answer) && answer.data.length < pageSeries }
  }

  /** Halves what is too much, by metrics and then by values of a label, until one of each is left. */
  async function read(metrics: readonly string[], only: Only | null, take: Take): Promise<boolean> {
    const found = await page([oneOf('__name__', metrics), ...(only ? [oneOf(only.label, only.values)] : [])])
    const [metric] = metrics
    if (found.whole || metric === undefined || !canAsk()) return taken(found, take)
    if (metrics.length > 1) {
      const [left, right] = halves(metrics)
      // One after the other: a page is let go before the next is read.
      const first = await read(left, only, take)
      return (await read(right, only, take)) && first
    }
    const split = only ?? (await widestLabel(metric))
    if (split === null || split.values.length < 2) return taken(found, take)
    let whole = true
    for (const values of only ? halves(split.values) : batches(split.values))
      whole = (await read(metrics, { label: split.label, values }, take)) && whole
    return whole
  }

  /** The label of a metric with the most values, and they; also those series are asked for that have not got it. */
  async function widestLabel(metric: string): Promise<Only | null> {
    const match = [oneOf('__name__', [metric])]
    let widest: Only | null = null
    for (const label of (await orTooMuch(list('labels', match)))?.values ?? []) {
      if (label === '__name__' || !isLabel(label)) continue
      const values = (await orTooMuch(list(`label/${label}/values`, match)))?.values ?? []
      if (values.length > (widest?.values.length ?? 1)) widest = { label, values }
    }
    return widest && { label: widest.label, values: [...widest.values, ''] }
  }

  return {
    shape: 'metrics',
    source,
    labelNames: () => list('labels'),
    metricNames: (having) =>
      having === undefined
        ? list('label/__name__/values')
        : namesWith({ label: checkedLabel(having), op: '!=', value: '' }),
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
    async labelSets({ metrics, only }, take) {
      let whole = true
      for (const batch of batches(metrics))
        for (const values of only ? batches(only.values) : [null])
          whole = (await read(batch, only && values ? { label: only.label, values } : null, take)) && whole
      return whole
    },
  }
}

type Take = (sets: readonly LabelSet[]) => void

interface Only {
  label: string
  values: readonly string[]
}

function taken({ sets, whole }: { sets: LabelSet[]; whole: boolean }, take: Take): boolean {
  take(sets)
  return whole
}

/** Null where the store says that it is more than it gives at once. */
async function orTooMuch<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    const isTooMuch =
      error instanceof DataError &&
      (error.code === 'query-too-large' ||
        (error.code === 'source-refused' && /exceed|too many|too large|limit/i.test(error.message)))
    if (isTooMuch) return null
    throw error
  }
}

/** Letters of a name by which names are asked in parts. */
const beginning = 4

const selector = (matchers: readonly Matcher[]): string => writeSelector({ name: null, matchers: [...matchers] })

function beginsWith(texts: readonly string[]): Matcher {
  const escaped = texts.map((text) => `${text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}.*`)
  return { label: '__name__', op: '=~', value: escaped.join('|') }
}

const isLabel = (label: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(label)

/** Labels come from the store itself; one that is no label is none of its. */
function checkedLabel(label: string): string {
  if (isLabel(label)) return label
  throw new DataError('bad-query', `"${label.slice(0, 80)}" is not the name of a label.`, {
    fix: 'Labels are letters, digits and underscores.',
  })
}

function isWhole(answer: { isPartial?: boolean | undefined; warnings?: string[] | undefined }): boolean {
  return answer.isPartial !== true && !(answer.warnings ?? []).some((warning) => !warning.startsWith('PromQL'))
}

const joined = (a: Listing, b: Listing): Listing => ({
  values: [...a.values, ...b.values],
  whole: a.whole && b.whole,
})

function halves<T>(list: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(list.length / 2)
  return [list.slice(0, middle), list.slice(middle)]
}

/** So many that their names fit into a query. */
function* batches(values: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let characters = 0
  for (const value of values) {
    if (batch.length > 0 && characters + value.length + 3 > selectorCharacters) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(value)
    characters += value.length + 3
  }
  if (batch.length > 0) yield batch
}
