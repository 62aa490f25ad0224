import * as z from 'zod'
import type { RateLimit } from './token-bucket.ts'

const perSecond = z.coerce
  .number({ error: 'TENON_API_RATE is a number of requests per second; 0 for no limit.' })
  .min(0)

/** Twice a second's worth may come at once. @returns null for no limit. @throws z.ZodError. */
export function readRateLimit(env: Record<string, string | undefined>): RateLimit | null {
  const rate = perSecond.parse(env['TENON_API_RATE'] ?? 100)
  return rate === 0 ? null : { perSecond: rate, burst: Math.max(1, Math.ceil(rate * 2)) }
}
