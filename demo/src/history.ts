/** Backfills the store, so that the live shop has a past: two weeks at first, later what was missed while it was stopped. */
import * as z from 'zod'
import { makeQueryable, postSeries } from './import-series.ts'
import { SOURCE_ORDERS_TOTAL } from './metric-names.ts'
import { ShopError } from './shop-error.ts'
import { createSimulator, type SimulatedFault } from './simulate.ts'

const DAY = 86_400_000
/** Two weeks, and the hours before them by which a baseline knows the level of the oldest day. */
const HISTORY_DAYS = 15
/** Near the present a coarse step would hide when something began. */
const FINE_SPAN = 3 * 3_600_000
const COARSE_STEP_SECONDS = 60
const FINE_STEP_SECONDS = 15
/** What is counted after the last simulated sample is lost, as when a process is restarted: at the end of history that must be seconds. */
const LIVE_SPAN = 15 * 60_000
const LIVE_STEP_SECONDS = 5

export interface HistoryOptions {
  storeUrl: string
  /** Unix milliseconds. */
  now: number
  faults?: readonly SimulatedFault[]
  /** Called after each piece with the share done, 0..1. */
  onProgress?: (done: number) => void
}

export interface Backfill {
  from: number
  to: number
  samples: number
}

/** Writes simulated samples from `from` (see `historyBegin`) to `now`. */
export async function backfill(options: HistoryOptions & { from: number }): Promise<Backfill> {
  const { storeUrl, now, from } = options
  const simulator = createSimulator({ seed: Math.floor(from / 1000), faults: options.faults ?? [] })
  let samples = 0
  for (const piece of pieces(from, now, options.faults ?? [])) {
    samples += await postSeries(storeUrl, simulator.run(piece))
    options.onProgress?.(now > from ? (piece.to - from) / (now - from) : 1)
  }
  await makeQueryable(storeUrl)
  return { from, to: now, samples }
}

/** Where backfilling has to begin: after the newest sample that the store has, or somewhat over two weeks ago. */
export async function historyBegin(storeUrl: string, now: number): Promise<number> {
  const newest = await newestSample(storeUrl, now)
  return Math.max(newest ?? 0, now - HISTORY_DAYS * DAY)
}

/**
 * Unix milliseconds of the store's newest sample of the source, null when it has none.
 *
 * @throws ShopError `store-unreachable`, `store-refused`
 */
export async function newestSample(storeUrl: string, now: number): Promise<number | null> {
  const url = new URL('/api/v1/query', storeUrl)
  url.searchParams.set('query', `max(tlast_over_time(${SOURCE_ORDERS_TOTAL}[${HISTORY_DAYS + 1}d]))`)
  url.searchParams.set('time', String(now / 1000))
  // By default the store leaves out the newest 30 s and may answer from its cache.
  url.searchParams.set('latency_offset', '1ms')
  url.searchParams.set('nocache', '1')
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
  } catch (cause) {
    throw new ShopError('store-unreachable', `The metrics store at ${storeUrl} does not answer.`, {
      fix: 'Start VictoriaMetrics and set SHOP_STORE_URL to its address.',
      cause,
    })
  }
  const parsed = newestAnswer.safeParse(await response.json().catch(() => null))
  if (!parsed.success)
    throw new ShopError('store-refused', `The metrics store at ${storeUrl} answered ${response.status} to a query.`, {
      fix: 'SHOP_STORE_URL must be the address of a VictoriaMetrics (single node).',
      cause: parsed.error,
    })
  const value = parsed.data.data.result[0]?.value[1]
  return value === undefined ? null : Math.round(Number(value) * 1000)
}

const newestAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
})

/** What is looked back at is as fine as what was scraped: from before an incident until it was mended. */
const BEFORE_FAULT = 3_600_000

/** A day at a time, finer around incidents and in the last hours, and the last minutes as the live shop is scraped. */
function pieces(
  from: number,
  to: number,
  faults: readonly SimulatedFault[],
): { from: number; to: number; stepSeconds: number }[] {
  const fineFrom = Math.max(from, to - FINE_SPAN)
  const liveFrom = Math.max(from, to - LIVE_SPAN)
  const fine = faults.map((fault) => ({ from: fault.from - BEFORE_FAULT, to: fault.to }))
  const days = Array.from({ length: Math.ceil((to - from) / DAY) }, (_, day) => from + day * DAY)
  const cuts = [...days, fineFrom, liveFrom, ...fine.flatMap((span) => [span.from, span.to]), to]
    .filter((cut) => cut >= from && cut <= to)
    .toSorted((a, b) => a - b)
  const stepAt = (begin: number): number => {
    if (begin >= liveFrom) return LIVE_STEP_SECONDS
    const isFine = begin >= fineFrom || fine.some((span) => span.from <= begin && begin < span.to)
    return isFine ? FINE_STEP_SECONDS : COARSE_STEP_SECONDS
  }
  return cuts.slice(1).flatMap((end, index) => {
    const begin = cuts[index] ?? from
    return end > begin ? [{ from: begin, to: end, stepSeconds: stepAt(begin) }] : []
  })
}
