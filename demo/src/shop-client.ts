/** Speaks to a running shop's control API. */
import * as z from 'zod'
import { faultKind, type FaultKind } from './fault-kinds.ts'
import { ShopError } from './shop-error.ts'

const edge = z.object({ kind: z.enum(['haproxy', 'http-edge']), adminAddress: z.string() })
const shopHealth = z.object({ ready: z.boolean(), edge })
const shopState = shopHealth.extend({
  faults: z.array(z.object({ kind: faultKind, title: z.string(), severity: z.number(), since: z.string() })),
  ordersPerMinute: z.number(),
  hosts: z.array(
    z.object({
      id: z.string(),
      service: z.string(),
      zone: z.string(),
      version: z.string(),
      requestsPerSecond: z.number(),
      okShare: z.number().nullable(),
    }),
  ),
})
export type ShopState = z.infer<typeof shopState>

export interface ShopClient {
  health(): Promise<z.infer<typeof shopHealth>>
  state(): Promise<ShopState>
  setFault(kind: FaultKind, severity?: number): Promise<ShopState>
  clearFaults(kind?: FaultKind): Promise<ShopState>
}

/** Every call throws ShopError `shop-not-running` when the shop does not answer, `unknown-fault` when it refuses. */
export function createShopClient(url: string): ShopClient {
  async function call<T>(path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) }).catch(
      (cause: unknown) => {
        throw new ShopError('shop-not-running', `The shop at ${url} does not answer.`, {
          fix: 'Start it with npm start.',
          cause,
        })
      },
    )
    const text = await response.text()
    if (!response.ok) {
      throw new ShopError('unknown-fault', `The shop refused: ${text}`, { fix: 'See npm run fault -- list.' })
    }
    return schema.parse(JSON.parse(text))
  }
  return {
    health: () => call('/healthz', shopHealth),
    state: () => call('/state', shopState),
    setFault: (kind, severity) =>
      call('/faults', shopState, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind, severity }),
      }),
    clearFaults: (kind) => call(kind ? `/faults/${kind}` : '/faults', shopState, { method: 'DELETE' }),
  }
}
