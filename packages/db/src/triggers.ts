import { trigger, type Trigger } from '@tenon/runbook'
import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import type { Transaction } from './store.ts'
import { iso, isoOrNull, jsonValue } from './stored.ts'

/** A trigger of a live version. Times are ISO 8601. */
export interface TriggerRow {
  /** Name of the runbook. */
  runbook: string
  environment: string
  /** As in the document's `triggers`. */
  name: string
  kind: Trigger['kind']
  /** As the document writes it. */
  content: Trigger
  paused: boolean
  pausedBy: string | null
  pausedReason: string | null
  pausedAt: string | null
  updatedAt: string
}

const kind = z.enum(['schedule', 'webhook', 'event'])

/** Columns of a trigger and the name of its runbook. */
export const triggerColumns = { include: { runbook: { select: { name: true } } } } as const

export function triggerRow(row: Prisma.RunbookTriggerGetPayload<typeof triggerColumns>): TriggerRow {
  return {
    runbook: row.runbook.name,
    environment: row.environment,
    name: row.name,
    kind: kind.parse(row.kind),
    content: trigger.parse(row.content),
    paused: row.paused,
    pausedBy: row.pausedBy,
    pausedReason: row.pausedReason,
    pausedAt: isoOrNull(row.pausedAt),
    updatedAt: iso(row.updatedAt),
  }
}

/**
 * Makes an environment's triggers those of the version that its pointer moved to. A trigger that stays keeps whether people paused it: a publish must not
 * start what someone stopped.
 */
export async function mirrorTriggers(
  tx: Transaction,
  of: { runbookId: string; environment: string },
  triggers: Readonly<Record<string, Trigger>>,
): Promise<void> {
  await tx.runbookTrigger.deleteMany({ where: { ...of, name: { notIn: Object.keys(triggers) } } })
  for (const [name, content] of Object.entries(triggers)) {
    const data = { kind: content.kind, content: jsonValue(content) }
    await tx.runbookTrigger.upsert({
      where: { runbookId_environment_name: { ...of, name } },
      create: { ...of, name, ...data },
      update: data,
    })
  }
}
