/** Sends a search of a `composite` aggregation named `windows`, page by page. */
import * as z from 'zod'
import { DataError } from '../../data-error.ts'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'

export const pageSize = 5_000
const maximumPages = 100

export type PageKey = Record<string, unknown>

export interface PagedSearch<T> {
  path: string
  /** What is sent; with the key of the last bucket that is known for the page after it. */
  page(after: PageKey | null): Record<string, unknown>
  bucket: z.ZodType<T>
  signal: AbortSignal
  seconds?: number
  /** Buckets; by default as many as pages may hold. */
  most?: number
}

/** @throws DataError `source-unreachable`, `source-refused`, `query-too-large` */
export async function readPages<T>(
  address: HttpAddress,
  product: Product,
  { path, page, bucket, most = maximumPages * pageSize, ...limits }: PagedSearch<T>,
): Promise<{ buckets: T[]; incomplete: string | null }> {
  const schema = z.object({
    timed_out: z.boolean(),
    _shards: z.object({ total: z.number(), failed: z.number() }),
    // Without any index that matches there is none.
    aggregations: z
      .object({
        windows: z.object({ after_key: z.record(z.string(), z.unknown()).optional(), buckets: z.array(bucket) }),
      })
      .optional(),
  })
  const found: T[] = []
  let incomplete: string | null = null
  let after: PageKey | null = null
  for (let count = 0; count < maximumPages && found.length <= most; count += 1) {
    const answer: z.infer<typeof schema> = await requestJson(address, product, {
      path,
      body: { json: page(after) },
      schema,
      ...limits,
    })
    incomplete ??= missingFrom(answer)
    const { buckets = [], after_key: next } = answer.aggregations?.windows ?? {}
    for (const one of buckets) found.push(one)
    if (next === undefined || buckets.length < pageSize) {
      if (found.length <= most) return { buckets: found, incomplete }
      break
    }
    after = next
  }
  throw new DataError('query-too-large', `The search gives more than ${most} groups and windows.`, {
    fix: 'Ask for a shorter time, a longer step or fewer groups.',
  })
}

export const bucketKey = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

/** A mean of nothing is null; some versions write `"NaN"`. */
export const numberOrNull = z
  .unknown()
  .transform((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null))

interface Told {
  timed_out: boolean
  _shards: { total: number; failed: number }
  aggregations?: unknown
}

function missingFrom({ timed_out: timedOut, _shards: shards, aggregations }: Told): string | null {
  if (timedOut) return 'the search was given up before its end'
  if (shards.failed > 0) return `${shards.failed} of ${shards.total} shards failed`
  return aggregations === undefined ? 'no index is named so' : null
}
