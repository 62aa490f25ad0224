import type { Trigger } from '@tenon/runbook'
import type { Prisma } from './generated/client.ts'
import type { Transaction } from './store.ts'
import { iso } from './stored.ts'
import { mirrorTriggers } from './triggers.ts'

/** Which version is live in an environment. Times are ISO 8601. */
export interface PointerRow {
  environment: string
  version: number
  movedBy: string
  movedAt: string
}

export function pointerRow(row: Prisma.RunbookPointerGetPayload<object>): PointerRow {
  const { environment, version, movedBy, movedAt } = row
  return { environment, version, movedBy, movedAt: iso(movedAt) }
}

/** Points an environment to a version, whose triggers are live there from now on. */
export async function movePointer(
  tx: Transaction,
  to: { runbookId: string; environment: string; version: number; by: string; triggers: Record<string, Trigger> },
): Promise<void> {
  const { runbookId, environment, version, by, triggers } = to
  const data = { version, movedBy: by, movedAt: new Date() }
  await tx.runbookPointer.upsert({
    where: { runbookId_environment: { runbookId, environment } },
    create: { runbookId, environment, ...data },
    update: data,
  })
  await mirrorTriggers(tx, { runbookId, environment }, triggers)
}
