/** Writes simulated series into a store that speaks VictoriaMetrics' `/api/v1/import` (JSON lines). */
import { ShopError } from './shop-error.ts'
import type { Simulated } from './simulate.ts'
import type { SimulatedSeries } from './simulated-series.ts'

/** A request body is closed at this many characters; what is in memory is two of them. */
const BODY_CHARACTERS = 4 * 1024 * 1024

/**
 * Imports all samples; series keep their labels. The store answers queries over them at once (its buffers are flushed and its
 * query cache is reset).
 *
 * @param storeUrl e.g. `http://127.0.0.1:8428`
 * @returns how many samples were written
 * @throws ShopError `store-unreachable`, `store-refused`
 */
export async function importSeries(storeUrl: string, simulated: Simulated): Promise<number> {
  const samples = await postSeries(storeUrl, simulated)
  await makeQueryable(storeUrl)
  return samples
}

/** As `importSeries`, for one of many pieces: call `makeQueryable` after the last. */
export async function postSeries(storeUrl: string, simulated: Simulated): Promise<number> {
  const times = Array.from(simulated.timestamps)
  const allTimes = times.join()
  let samples = 0
  let body: string[] = []
  let characters = 0
  let sending: Promise<void> = Promise.resolve()
  for (const series of simulated.series) {
    const line = toLine(series, times, allTimes)
    if (!line) continue
    samples += line.samples
    body.push(line.text)
    characters += line.text.length
    if (characters >= BODY_CHARACTERS) {
      // One body travels while the next is written.
      await sending
      sending = postLines(storeUrl, body.join('\n'))
      body = []
      characters = 0
    }
  }
  await sending
  if (body.length > 0) await postLines(storeUrl, body.join('\n'))
  return samples
}

/** Flushes what the store buffers and forgets cached answers that lack the imported samples. */
export async function makeQueryable(storeUrl: string): Promise<void> {
  await call(storeUrl, '/internal/force_flush')
  await call(storeUrl, '/internal/resetRollupResultCache')
}

function toLine(series: SimulatedSeries, times: number[], allTimes: string): { text: string; samples: number } | null {
  const metric = JSON.stringify({ __name__: series.name, ...series.labels })
  const whole = !series.values.some(Number.isNaN)
  if (whole) {
    if (times.length === 0) return null
    return {
      text: `{"metric":${metric},"values":[${join(series.values)}],"timestamps":[${allTimes}]}`,
      samples: times.length,
    }
  }
  const rows = times.flatMap((_, row) => (Number.isNaN(series.values[row]) ? [] : [row]))
  if (rows.length === 0) return null
  const values = join(Float64Array.from(rows, (row) => series.values[row]!))
  const text = `{"metric":${metric},"values":[${values}],"timestamps":[${rows.map((row) => times[row]).join()}]}`
  return { text, samples: rows.length }
}

/** Six decimals are a microsecond: more would only make the body longer. */
function join(values: Float64Array): string {
  return values.map((value) => Math.round(value * 1e6) / 1e6).join()
}

async function postLines(storeUrl: string, body: string): Promise<void> {
  await call(storeUrl, '/api/v1/import', { method: 'POST', body })
}

async function call(storeUrl: string, path: string, init: RequestInit = {}): Promise<void> {
  let response: Response
  try {
    response = await fetch(new URL(path, storeUrl), { ...init, signal: AbortSignal.timeout(60_000) })
  } catch (cause) {
    throw new ShopError('store-unreachable', `The metrics store at ${storeUrl} does not answer ${path}.`, {
      fix: 'Start VictoriaMetrics and set SHOP_STORE_URL to its address.',
      cause,
    })
  }
  const text = await response.text()
  if (!response.ok)
    throw new ShopError(
      'store-refused',
      `The metrics store refused ${path}: ${response.status} ${text.slice(0, 200)}`,
      {
        fix: 'History needs VictoriaMetrics: other Prometheus-compatible stores have no /api/v1/import.',
      },
    )
}
