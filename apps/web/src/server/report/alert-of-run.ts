/** Which alert a run is about: what its report counts "before the alert" from. */
import type { RunRecord } from '@tenon/db'
import * as z from 'zod'
import type { ReportContent } from '../../report/content/report-content.ts'
import type { Services } from '../services.ts'

type ReportAlert = NonNullable<ReportContent['run']['alert']>

const time = z.iso.datetime({ offset: true })
const diagnosed = z.object({ diagnosis: z.object({ subject: z.object({ kind: z.literal('alert'), id: z.string() }) }) })
/** Of Alertmanager's webhook: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const firing = z.object({
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), startsAt: time })).min(1),
})

/**
 * The alert that was diagnosed, that a parameter `alert` names, or that came in and started the run; of several the first to fire. Null when the run is
 * about none, or the alert is no longer stored.
 */
export async function alertOfRun(
  { db }: Pick<Services, 'db'>,
  { payload, params }: Pick<RunRecord, 'payload' | 'params'>,
): Promise<ReportAlert | null> {
  const subject = diagnosed.safeParse(payload)
  const id = subject.success ? subject.data.diagnosis.subject.id : params['alert']
  if (typeof id === 'string') {
    const alert = await db.alerts.get(id)
    if (alert) return { label: alert.name, at: alert.startsAt }
  }
  const came = firing.safeParse(payload)
  if (!came.success) return null
  const [first] = came.data.alerts.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))
  return first ? { label: first.labels['alertname'] ?? 'alert', at: new Date(first.startsAt).toISOString() } : null
}
