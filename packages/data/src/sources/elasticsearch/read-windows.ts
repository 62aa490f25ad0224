/** Reads a search's buckets: of each group and window one. */
import * as z from 'zod'
import type { HttpAddress, Product } from '../http/request-json.ts'
import { bucketKey, numberOrNull, readPages } from './read-pages.ts'
import type { Search } from './search-body.ts'

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

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function readWindows(
  address: HttpAddress,
  product: Product,
  { search, path, signal }: { search: Search; path: string; signal: AbortSignal },
): Promise<Windows> {
  const { buckets, incomplete } = await readPages(address, product, {
    path,
    page: (after) => search.page(after),
    bucket: bucketSchema,
    signal,
  })
  return { windows: buckets.flatMap((bucket) => windowOf(bucket, search) ?? []), incomplete }
}

const amount = z.object({
  doc_count: z.number(),
  value: z
    .union([
      z.object({ values: z.array(z.object({ value: numberOrNull })).min(1) }).transform(({ values }) => values[0]!),
      z.object({ value: numberOrNull }),
    ])
    .optional(),
})
const bucketSchema = z.object({
  key: bucketKey,
  of: amount.optional(),
  per: amount.optional(),
  newest: z.object({ value: numberOrNull }).optional(),
})
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
