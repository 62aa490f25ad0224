import { triageActions, triageVerdicts } from '@tenon/analysis'
import { evidence } from '@tenon/runbook'
import * as z from 'zod'

/** What alerts turned out to be: what "Record what alerts are" takes. */
export const alertDecisions = z.object({
  decisions: z.array(
    z.object({
      id: z.string(),
      action: z.enum(triageActions),
      verdict: z.enum(triageVerdicts),
      reason: z.string(),
      evidence: z.array(evidence),
      /** Key of its group. */
      group: z.string(),
    }),
  ),
  groups: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      entity: z.string().nullable(),
      verdict: z.enum(triageVerdicts),
      reason: z.string(),
    }),
  ),
  /** What people are to be told, one message each: a new group, or one that got worse. */
  tell: z.array(
    z.object({
      group: z.string(),
      title: z.string(),
      body: z.string(),
      severity: z.enum(['info', 'warning', 'critical']),
      verdict: z.enum(triageVerdicts),
    }),
  ),
})

/** Noise that its source can hold back for a while: what "Silence noise" takes. Empty while suppression is off. */
export const alertSilences = z.array(
  z.object({
    /** Id of the alert. */
    alert: z.string(),
    /** Of kind alertmanager. */
    connection: z.string(),
    title: z.string(),
    matchers: z.array(z.object({ name: z.string(), value: z.string() })),
    reason: z.string(),
    /** Unix ms. */
    until: z.number().int(),
  }),
)

export const alertsOutput = alertDecisions.extend({
  silences: alertSilences,
  counts: z.object({
    /** Alerts that fire. */
    open: z.number().int(),
    /** Those that are held for some minutes, to see whether they pass. */
    held: z.number().int(),
    page: z.number().int(),
    merge: z.number().int(),
    suppress: z.number().int(),
  }),
})
