/** Alerts as sources tell of them, put on record with what they are about in the words of the data model. */
import { mapAlert, type DataService } from '@tenon/data'
import type { Database, ReceivedAlert } from '@tenon/db'
import * as z from 'zod'

export interface AlertParts {
  db: Pick<Database, 'alerts' | 'alertSources'>
  data(): Promise<Pick<DataService, 'model'>>
}

/** Times are unix milliseconds. */
export interface ToldAlert {
  fingerprint: string
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: number
  /** null while it fires. */
  endsAt: number | null
  generatorUrl: string
}

/** @param options.pulled see the repository. @returns how many were new. */
export async function storeAlerts(
  { db, data }: AlertParts,
  source: string,
  told: readonly ToldAlert[],
  options: { pulled?: boolean } = {},
): Promise<{ fresh: number }> {
  const model = await modelOf(data)
  const received = told.map((alert): ReceivedAlert => {
    const { name, severity, entity, measure } = mapAlert(model, alert)
    return { ...alert, name, severity, entity, measure }
  })
  const stored = await db.alerts.receive(source, received, options)
  const firing = options.pulled ? told.filter(({ endsAt }) => endsAt === null).length : null
  await db.alertSources.answered(source, { firing })
  return stored
}

/** A model that cannot be read costs alerts their place, not their record. */
async function modelOf(data: AlertParts['data']): Promise<DataService['model']> {
  try {
    return (await data()).model
  } catch (error) {
    console.error(JSON.stringify({ level: 'warn', message: 'Alerts are stored without a model', error: String(error) }))
    return { tenonModel: 1, entities: [], tables: {}, relations: [], chains: [] }
  }
}

const texts = z.record(z.string(), z.string())
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
/** An event of a webhook trigger of format `alertmanager`. */
const webhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts,
  startsAt: time,
  endsAt: time.nullable(),
  generatorURL: z.string(),
  fingerprint: z.string(),
})

/** What a webhook's event tells. One that says resolved without saying when has ended by now. */
export function toldByWebhook(event: Record<string, unknown>, now: number): ToldAlert {
  const { status, endsAt, generatorURL, ...alert } = webhookAlert.parse(event)
  return { ...alert, generatorUrl: generatorURL, endsAt: status === 'resolved' ? Math.min(endsAt ?? now, now) : null }
}
