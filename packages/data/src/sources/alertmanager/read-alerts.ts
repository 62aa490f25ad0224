/** Alerts as an Alertmanager has them now, by its API v2. What is resolved it does not tell. */
import * as z from 'zod'
import { requestJson, type HttpAddress, type Product } from '../http/request-json.ts'

export interface AlertmanagerAlert {
  fingerprint: string
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Unix ms. */
  startsAt: number
  /** When it counts as resolved unless it is sent again, unix ms. */
  endsAt: number
  state: 'active' | 'suppressed' | 'unprocessed'
  receivers: string[]
  /** Ids of silences and alerts that suppress it. */
  silencedBy: string[]
  inhibitedBy: string[]
  /** Where the rule is; empty when it was not said. */
  generatorUrl: string
}

export const alertmanager: Product = {
  name: 'Alertmanager',
  example: 'http://alertmanager:9093',
  said(body) {
    const found = refusal.safeParse(body)
    if (!found.success) return null
    return typeof found.data === 'string' ? found.data : found.data.message
  },
}

const refusal = z.union([z.string(), z.object({ message: z.string() })])

const labels = z.record(z.string(), z.string())
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const alerts = z.array(
  z.object({
    fingerprint: z.string(),
    labels,
    annotations: labels,
    startsAt: time,
    endsAt: time,
    generatorURL: z.string().optional(),
    receivers: z.array(z.object({ name: z.string() })),
    status: z.object({
      state: z.enum(['active', 'suppressed', 'unprocessed']),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
)

/**
 * All alerts that are not resolved, silenced and inhibited ones too.
 *
 * @throws DataError `source-unreachable`, `source-refused`, `query-too-large`
 */
export async function readAlerts(
  address: HttpAddress,
  limits: { signal?: AbortSignal; seconds?: number } = {},
): Promise<AlertmanagerAlert[]> {
  const found = await requestJson(address, alertmanager, {
    path: 'api/v2/alerts',
    query: new URLSearchParams({ active: 'true', silenced: 'true', inhibited: 'true', unprocessed: 'true' }),
    schema: alerts,
    ...limits,
  })
  return found.map(({ generatorURL = '', status, receivers, ...alert }) => ({
    ...alert,
    ...status,
    receivers: receivers.map(({ name }) => name),
    generatorUrl: generatorURL,
  }))
}
