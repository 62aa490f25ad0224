/** What a diagnosis chose its runbook for, as the run remembers it. */
import type { RunRecord } from '@tenon/db'
import * as z from 'zod'

const diagnosed = z.object({ diagnosis: z.object({ why: z.string() }) })

/** Null for a run whose runbook somebody chose. */
export function chosenFor({ payload }: Pick<RunRecord, 'payload'>): string | null {
  return diagnosed.safeParse(payload).data?.diagnosis.why ?? null
}
