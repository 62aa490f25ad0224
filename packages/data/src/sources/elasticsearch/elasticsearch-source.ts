/** Documents of Elasticsearch or OpenSearch as rows: a measure is pushed down as aggregations. A table's `from` is an index or a pattern. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { maximumPoints } from '../../query/query-plan.ts'
import type { LabelledSeries, SeriesAnswer, SeriesAsk, SharedFetch, SourceKind } from '../source.ts'
import { requestJson, requestUrl, type HttpAddress, type Product } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { fieldMeasure, type FieldSelector } from '../rows/field-measure.ts'
import { gridSlots, leadSteps } from '../rows/grid-slots.ts'
import { Groups } from '../rows/group-rows.ts'
import { joined } from '../rows/levels.ts'
import { computeDocuments } from './compute-documents.ts'
import { readWindows, type Amount, type Window, type Windows } from './read-windows.ts'
import { newestSearch, valuesSearch, type Search } from './search-body.ts'

const elasticsearch: Product = {
  name: 'Elasticsearch or OpenSearch',
  example: 'https://elasticsearch.example.com:9200',
  said(body) {
    const { error } = refusal.safeParse(body).data ?? {}
    if (error === undefined) return null
    if (typeof error === 'string') return error
    const why = error.root_cause?.[0]?.reason ?? error.reason ?? error.type ?? null
    // What people meet most: a text is searched, and only its keyword is grouped by.
    return why !== null && /fielddata/i.test(why)
      ? `${why.slice(0, 120)} Name its keyword field, e.g. status.keyword`
      : why
  },
}

const reason = z.object({ reason: z.string().nullish(), type: z.string().nullish() })
const refusal = z.object({ error: z.union([z.string(), reason.extend({ root_cause: z.array(reason).optional() })]) })

export const elasticsearchKind: SourceKind = {
  kind: 'elasticsearch',
  title: 'Elasticsearch',
  open(address, { fetch }) {
    return {
      series: (ask) => readSeries(ask, { address, fetch }),
      compute: async (asked, signal) =>
        computeDocuments(asked, { address, product: elasticsearch, path: searchPath(asked.from), signal }),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

interface Means {
  address: HttpAddress
  fetch: SharedFetch
}

async function readSeries(ask: SeriesAsk, means: Means): Promise<SeriesAnswer> {
  const path = searchPath(ask.table.from)
  const { grid, stepSeconds } = ask
  const lead = Math.min(leadSteps(stepSeconds), Math.max(0, maximumPoints - grid.length))
  const search = valuesSearch(ask)
  const [values, newest] = await Promise.all([
    askFor(search, path, means),
    askFor(newestSearch(ask, lead), path, means),
  ])
  return {
    values: seriesOf(values.windows, ask),
    newest: newestOf(newest.windows, ask),
    spans: gridSlots(ask).spans,
    incomplete: values.incomplete ?? newest.incomplete,
    expression: `POST ${requestUrl(means.address, elasticsearch, { path }).href}\n${JSON.stringify(search.page(null))}`,
  }
}

function askFor(search: Search, path: string, { address, fetch }: Means): Promise<Windows> {
  return fetch(
    {
      key: JSON.stringify([path, search.page(null)]),
      until: search.until,
      cost: ({ windows }: Windows) => ({ points: windows.length, series: 1 }),
    },
    (signal) => readWindows(address, elasticsearch, { search, path, signal }),
  )
}

/** Of names of indices, patterns and lists of them; nothing that is another part of the API. @throws DataError `bad-query` */
function searchPath(from: string | undefined): string {
  const names = (from ?? '').split(',')
  if (names.every((name) => /^-?[a-z0-9*.][a-z0-9_.*:-]*$/.test(name) && !/^-?\.+$/.test(name)))
    return `${names.join(',')}/_search`
  throw new DataError('bad-query', 'What shall be read is no index.', {
    fix: 'Write an index or a pattern as "from", e.g. logs-payment-*.',
  })
}

function seriesOf(windows: readonly Window[], ask: SeriesAsk): LabelledSeries[] {
  const { measure, groupBy } = ask
  const found = fieldMeasure(measure)
  const groups = new Groups(
    groupBy.map(({ label }) => label),
    () => new Map<number, Window[]>(),
  )
  for (const window of windows) {
    const group = groups.of({ text: (field) => window.labels[field] ?? '' })
    const known = group.get(window.end)
    if (known) known.push(window)
    else group.set(window.end, [window])
  }
  const valueOf = (own: readonly Window[]): number | null => {
    const amounts = (pick: 'of' | 'per') => own.map((window) => window[pick])
    switch (found.kind) {
      case 'counter':
        return (total(amounts('of'), found.select) * 60) / ask.stepSeconds
      case 'gauge':
        return level(amounts('of'), ask)
      case 'histogram':
        return own[0]?.of.value ?? null
      case 'ratio': {
        if (measure.operands === 'gauge') return quotient(level(amounts('of'), ask), level(amounts('per'), ask))
        const per = total(amounts('per'), found.per)
        return per > 0 ? total(amounts('of'), found.of) / per : null
      }
    }
  }
  return [...groups].flatMap(({ labels, content }) => {
    const samples = [...content]
      .map(([end, own]): [number, number | null] => [end, valueOf(own)])
      .flatMap(([end, value]): [number, number][] => (value === null || !Number.isFinite(value) ? [] : [[end, value]]))
      .sort(([a], [b]) => a - b)
    return samples.length === 0 ? [] : [{ labels, samples }]
  })
}

const total = (amounts: readonly Amount[], { field }: FieldSelector): number =>
  amounts.reduce((sum, { documents, value }) => sum + (field === null ? documents : (value ?? 0)), 0)

const level = (amounts: readonly Amount[], { measure }: SeriesAsk): number | null =>
  joined(
    measure.aggregate,
    amounts.flatMap(({ value }) => value ?? []),
  )

const quotient = (of: number | null, per: number | null): number | null =>
  of === null || per === null || per === 0 ? null : of / per

function newestOf(windows: readonly Window[], { newest }: SeriesAsk): LabelledSeries[] {
  const groups = new Groups(
    newest.by.map(({ label }) => label),
    () => new Map<number, number>(),
  )
  for (const { labels, end, newest: at } of windows) {
    if (at === null) continue
    const group = groups.of({ text: (field) => labels[field] ?? '' })
    const known = Math.min(at, end)
    group.set(end, Math.max(group.get(end) ?? known, known))
  }
  return [...groups].map(({ labels, content }) => ({
    labels,
    samples: [...content].map(([end, at]): [number, number] => [end, at / 1000]).sort(([a], [b]) => a - b),
  }))
}

const root = z.object({
  cluster_name: z.string(),
  version: z.object({ number: z.string(), distribution: z.string().optional() }),
})

async function look(address: HttpAddress): Promise<string> {
  const { cluster_name: cluster, version } = await requestJson(address, elasticsearch, {
    path: '',
    schema: root,
    seconds: testSeconds,
  })
  const name = version.distribution === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'
  return `It answers: ${name} ${version.number}, cluster ${cluster.slice(0, 100)}.`
}
