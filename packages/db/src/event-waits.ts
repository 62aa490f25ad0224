import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { iso } from './stored.ts'

/** A step that waits for an event. Times are ISO 8601. */
export interface EventWaitRow {
  runId: string
  /** The step's key. */
  stepId: string
  event: string
  since: string
  expiresAt: string
}

/** Which steps wait for which events; the truth is in their workflows. */
export function createEventWaits(store: Store) {
  return {
    /** Idempotent. A run that ended or is gone waits for nothing. @param wait.expiresAt unix milliseconds. */
    async add(wait: { runId: string; stepId: string; event: string; expiresAt: number }): Promise<void> {
      const { runId, stepId, event } = wait
      await store.write(async (tx, tell) => {
        // The lock makes a projection that ends the run wait, or be seen.
        const [run] = await tx.$queryRaw<{ status: string; revision: number }[]>`
          SELECT "status", "revision" FROM "run" WHERE "id" = ${runId} FOR UPDATE`
        if (!run || (run.status !== 'running' && run.revision > 0)) return
        const { count } = await tx.eventWait.createMany({
          data: [{ runId, stepId, event, expiresAt: new Date(wait.expiresAt) }],
          skipDuplicates: true,
        })
        if (count > 0) tell({ topic: 'event-wait', id: runId })
      })
    },

    async remove(runId: string, stepId: string): Promise<void> {
      await store.client.eventWait.deleteMany({ where: { runId, stepId } })
    },

    /** Longest first; those that have expired are left out. */
    async waitingFor(event: string): Promise<EventWaitRow[]> {
      const rows = await store.client.eventWait.findMany({
        where: { event, expiresAt: { gt: new Date() } },
        orderBy: { since: 'asc' },
        take: 1000,
      })
      return rows.map(eventWaitRow)
    },
  }
}

export type EventWaits = ReturnType<typeof createEventWaits>

function eventWaitRow(row: Prisma.EventWaitGetPayload<object>): EventWaitRow {
  return { ...row, since: iso(row.since), expiresAt: iso(row.expiresAt) }
}
