import type { Store } from './store.ts'
import { iso, outsideJson } from './stored.ts'

/** A computed result that somebody keeps for a while. Times are ISO 8601. */
export interface KeptResultRow {
  id: string
  /** As it was given: `keep` does not look into it. */
  ask: unknown
  result: unknown
  keptBy: string
  createdAt: string
  expiresAt: string
}

/** Results of ad-hoc computing, each until a time. */
export function createKeptResults(store: Store) {
  return {
    /** @param kept.expiresAt unix milliseconds @returns its id */
    async keep(kept: { ask: {}; result: {}; expiresAt: number; by: string }): Promise<string> {
      const { id } = await store.client.keptResult.create({
        data: {
          ask: outsideJson(kept.ask),
          result: outsideJson(kept.result),
          keptBy: kept.by,
          expiresAt: new Date(kept.expiresAt),
        },
        select: { id: true },
      })
      return id
    },

    /** Null when there is none, or when its time is over. */
    async get(id: string): Promise<KeptResultRow | null> {
      const row = await store.client.keptResult.findFirst({ where: { id, expiresAt: { gt: new Date() } } })
      return row && { ...row, createdAt: iso(row.createdAt), expiresAt: iso(row.expiresAt) }
    },

    /** @returns how many there were. */
    async forgetExpired(): Promise<number> {
      const { count } = await store.client.keptResult.deleteMany({ where: { expiresAt: { lte: new Date() } } })
      return count
    },
  }
}

export type KeptResults = ReturnType<typeof createKeptResults>
