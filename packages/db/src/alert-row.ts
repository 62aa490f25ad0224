/** Alerts and their groups as they are stored, and as others see them. */
import { triageActions, triageVerdicts, type TriageAction, type TriageVerdict } from '@tenon/analysis'
import { evidence, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import { iso, isoOrNull } from './stored.ts'

const texts = z.record(z.string(), z.string())
const verdict = z.enum(triageVerdicts).nullable()
const action = z.enum(triageActions).nullable()

/** How bad a rule says it is, whatever words its makers use. */
export const alertSeverity = z.enum(['info', 'warning', 'critical'])
export type AlertSeverity = z.infer<typeof alertSeverity>

export const alertLabel = z.enum(['real', 'noise'])
export type AlertLabel = z.infer<typeof alertLabel>

/** One firing of one alert. Times are ISO 8601. */
export interface AlertRow {
  id: string
  fingerprint: string
  name: string
  severity: AlertSeverity
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  /** null while it fires. */
  endsAt: string | null
  /** The receiver (`runbook/trigger`) or the connection that told of it. */
  source: string
  generatorUrl: string
  /** Of the data model; null when no label leads there. */
  entity: string | null
  measure: string | null
  /** null: it was not judged yet. */
  verdict: TriageVerdict | null
  action: TriageAction | null
  /** One sentence. */
  reason: string
  evidence: Evidence[]
  /** The run that judged it. */
  runId: string | null
  decidedAt: string | null
  /** Its source holds it back until then; null when it does not. */
  silencedUntil: string | null
  groupKey: string
}

/** Alerts of one cause. Times are ISO 8601. */
export interface AlertGroupRow {
  key: string
  title: string
  entity: string | null
  severity: AlertSeverity
  /** Of its alerts, also those that are not listed. */
  count: number
  firstSeen: string
  lastSeen: string
  /** Whether one of its alerts fires. */
  open: boolean
  /** null: not judged yet. */
  verdict: TriageVerdict | null
  reason: string
  runId: string | null
  notifiedAt: string | null
  /** What people say. */
  label: AlertLabel | null
  labelledBy: string | null
  silence: { id: string; until: string; link: string } | null
  /** Newest first, at most 50; their evidence comes with each alone. */
  alerts: Omit<AlertRow, 'evidence'>[]
}

type AlertPayload = Prisma.AlertGetPayload<object>
type GroupPayload = Prisma.AlertGroupGetPayload<{
  include: { alerts: { omit: { evidence: true } }; _count: { select: { alerts: true } } }
}>

export const alertRow = (row: AlertPayload): AlertRow => ({
  ...alertFacts(row),
  evidence: z.array(evidence).catch([]).parse(row.evidence),
})

/** All but what supports the verdict, which is long. */
export function alertFacts(row: Omit<AlertPayload, 'evidence'>): Omit<AlertRow, 'evidence'> {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    name: row.name,
    severity: alertSeverity.parse(row.severity),
    labels: texts.parse(row.labels),
    annotations: texts.parse(row.annotations),
    startsAt: iso(row.startsAt),
    endsAt: isoOrNull(row.endsAt),
    source: row.source,
    generatorUrl: row.generatorUrl,
    entity: row.entity,
    measure: row.measure,
    verdict: verdict.parse(row.verdict),
    action: action.parse(row.action),
    reason: row.reason,
    runId: row.runId,
    decidedAt: isoOrNull(row.decidedAt),
    silencedUntil: isoOrNull(row.silencedUntil),
    groupKey: row.groupKey,
  }
}

export function groupRow(row: GroupPayload): AlertGroupRow {
  const { silenceId, silenceUntil, silenceLink } = row
  return {
    key: row.key,
    title: row.title,
    entity: row.entity,
    severity: alertSeverity.parse(row.severity),
    count: row._count.alerts,
    firstSeen: iso(row.firstSeen),
    lastSeen: iso(row.lastSeen),
    open: row.open,
    verdict: verdict.parse(row.verdict),
    reason: row.reason,
    runId: row.runId,
    notifiedAt: isoOrNull(row.notifiedAt),
    label: alertLabel.nullable().parse(row.label),
    labelledBy: row.labelledBy,
    silence:
      silenceId !== null && silenceUntil !== null && silenceUntil.getTime() > Date.now()
        ? { id: silenceId, until: iso(silenceUntil), link: silenceLink ?? '' }
        : null,
    alerts: row.alerts.map(alertFacts),
  }
}
