/** Any HTTP endpoint that gives rows with times as JSON. A table's `from` says which and where the rows are; see `endpoint.ts`. */
import * as z from 'zod'
import type { SeriesAsk, SeriesAnswer, SharedFetch, SourceKind } from '../source.ts'
import { reach, requestJson, requestUrl, type HttpAddress, type Product } from '../http/request-json.ts'
import { testConnection, testSeconds } from '../http/test-connection.ts'
import { gridSlots } from '../rows/grid-slots.ts'
import { seriesOfRows } from '../rows/series-of-rows.ts'
import { parametersFor, parseEndpoint } from './endpoint.ts'
import { readRows, timedRow, type ReadRow } from './read-rows.ts'

const product: Product = {
  name: 'an endpoint of JSON',
  example: 'https://orders.example.com/api',
  said(body) {
    const found = problem.safeParse(body)
    return found.success ? (found.data.message ?? found.data.error ?? found.data.detail ?? null) : null
  },
}

const problem = z.object({
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
})

export const httpJsonKind: SourceKind = {
  kind: 'http-json',
  title: 'HTTP JSON',
  open(address, { fetch }) {
    return {
      series: (ask) => readSeries(ask, { address, fetch }),
      test: () => testConnection(() => look(address)),
      close: () => Promise.resolve(),
    }
  },
}

async function readSeries(
  ask: SeriesAsk,
  { address, fetch }: { address: HttpAddress; fetch: SharedFetch },
): Promise<SeriesAnswer> {
  const endpoint = parseEndpoint(ask.table.from)
  const slots = gridSlots(ask)
  const { path } = endpoint
  const query = parametersFor(endpoint, { ...slots, stepSeconds: ask.stepSeconds })
  const where = { keys: endpoint.rows, time: ask.table.time ?? 'time' }
  const url = requestUrl(address, product, { path, query }).href
  const rows = await fetch(
    {
      key: JSON.stringify([url, where]),
      until: slots.until,
      cost: (found: ReadRow[]) => ({ points: found.length, series: 1 }),
    },
    async (signal) =>
      readRows(await requestJson(address, product, { path, query, schema: z.unknown(), signal }), where),
  )
  return { ...seriesOfRows(rows.map(timedRow), ask), incomplete: null, expression: `GET ${url}` }
}

async function look(address: HttpAddress): Promise<string> {
  const { status } = await reach(address, product, testSeconds)
  return status < 300 ? 'It answers.' : `It answers, with ${status} at its own address; tables name paths below it.`
}
