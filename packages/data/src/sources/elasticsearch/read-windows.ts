/** Sends a search page by page and reads its buckets: of each group and window one. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'
import { pageSize, type Search } from './search-body.ts'

export interface Amount {
  documents: number
  /** Null of no documents, or where nothing but documents is counted. */
  value: number | null
}

export interface Window {
  /** By the search's fields; empty for an absent one. */
  labels: Record<string, string>
  /** When the window ends, unix ms. */
  end: number
  of: Amount
  per: Amount
  /** Unix ms. */
  newest: number | null
}

export interface Windows {
  windows: Window[]
  incomplete: string | null
}

const maximumPages = 100

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function readWindows(
  address: HttpAddress,
  product: Product,
  { search, path, signal }: { search: Search; path: string; signal: AbortSignal },
): Promise<Windows> {
  const windows: Window[] = []
  let incomplete: string | null = null
  let after: Record<string, unknown> | null = null
  for (let page = 0; page < maximumPages; page += 1) {
    const answer: Answer = await requestJson(address, product, {
      path,
      body: { json: search.page(after) },
      schema: answerSchema,
      signal,
    })
    incomplete ??= missingFrom(answer)
    const { buckets = [], after_key: next } = answer.aggregations?.windows ?? {}
    for (const bucket of buckets) {
      const found = windowOf(bucket, search)
      if (found) windows.push(found)
    }
    if (next === undefined || buckets.length < pageSize) return { windows, incomplete }
    after = next
  }
  throw new DataError('query-too-large', `The search gives more than ${maximumPages * pageSize} groups and windows.`, {
    fix: 'Ask for a shorter time, a longer step or fewer groups.',
  })
}

const key = z.union([z.string(), z.number(), z.boolean(), z.null()])
/** A mean of nothing is null; some versions write `"NaN"`. */
const number = z.unknown().transform((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null))
const amount = z.object({
  doc_count: z.number(),
  value: z
    .union([
      z.object({ values: z.array(z.object({ value: number })).min(1) }).transform(({ values }) => values[0]!),
      z.object({ value: number }),
    ])
    .optional(),
})
const bucketSchema = z.object({
  key: z.record(z.string(), key),
  of: amount.optional(),
  per: amount.optional(),
  newest: z.object({ value: number }).optional(),
})
const answerSchema = z.object({
  timed_out: z.boolean(),
  _shards: z.object({ total: z.number(), failed: z.number() }),
  // Without any index that matches there is none.
  aggregations: z
    .object({
      windows: z.object({ after_key: z.record(z.string(), z.unknown()).optional(), buckets: z.array(bucketSchema) }),
    })
    .optional(),
})
type Answer = z.infer<typeof answerSchema>

function missingFrom({ timed_out: timedOut, _shards: shards, aggregations }: Answer): string | null {
  if (timedOut) return 'the search was given up before its end'
  if (shards.failed > 0) return `${shards.failed} of ${shards.total} shards failed`
  return aggregations === undefined ? 'no index is named so' : null
}

function windowOf(bucket: z.infer<typeof bucketSchema>, search: Search): Window | null {
  const begin = bucket.key.t
  if (typeof begin !== 'number') return null
  const end = begin - 1 + search.stepMilliseconds
  const isAsked = end > search.after && end <= search.until && (search.until - end) % search.stepMilliseconds === 0
  if (!isAsked) return null
  return {
    labels: Object.fromEntries(search.fields.map((field, index) => [field, String(bucket.key[`g${index}`] ?? '')])),
    end,
    of: amountOf(bucket.of),
    per: amountOf(bucket.per),
    newest: bucket.newest?.value ?? null,
  }
}

const amountOf = (found: z.infer<typeof amount> | undefined): Amount => ({
  documents: found?.doc_count ?? 0,
  value: found?.value?.value ?? null,
})
