/** What is to be diagnosed, as the model knows it. */
import type { Symptom } from '@tenon/runbook'
import * as z from 'zod'

const subjectKinds = ['chain', 'entity', 'alert', 'measure'] as const

export const subjectSchema = z.strictObject({
  kind: z
    .enum(subjectKinds)
    .describe('A business chain, an entity of the model, an alert, or a measure as a chart shows it.'),
  id: z.string().min(1).max(300).describe('`card-payment`, `payment`, the alert’s id, `payment.latency-p95`.'),
  where: z
    .record(z.string().min(1).max(100), z.string().max(300))
    .optional()
    .describe('Of a measure: the dimensions that it was filtered by, e.g. `{ "zone": "A" }`.'),
})
export type SubjectRequest = z.infer<typeof subjectSchema>

interface Named {
  id: string
  title: string
}

/** A subject with what it leads to. Whatever is null is not known, and fills nothing. */
export interface Subject {
  kind: SubjectRequest['kind']
  id: string
  /** As people call it: "Payment latency p95". */
  title: string
  chain: Named | null
  entity: (Named & { kind: string }) | null
  alert: Named | null
  /** A reference of the model. */
  measure: string | null
  /** As the sources call it: `A`. */
  zone: string | null
  symptom: Symptom
  /** ISO 8601. */
  since: string | null
  /** Unix milliseconds; null for now. */
  asOf: number | null
  /** How long the time looked at is, seconds; null for the runbook's own. */
  windowSeconds: number | null
}

/** What a runbook may say it diagnoses to fit the subject, most special first. */
export function facetsOf({ kind, chain, entity }: Pick<Subject, 'kind' | 'chain' | 'entity'>): string[] {
  const ofEntity = entity ? [entity.kind, 'entity'] : []
  switch (kind) {
    case 'alert':
      return ['alert', ...ofEntity, ...(chain ? ['chain'] : [])]
    case 'measure':
    case 'entity':
      return [...ofEntity, ...(chain ? ['chain'] : [])]
    case 'chain':
      return ['chain']
  }
}
