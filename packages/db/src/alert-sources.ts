import * as z from 'zod'
import type { Store } from './store.ts'
import { isoOrNull } from './stored.ts'

const kind = z.enum(['pull', 'webhook'])

/** Where alerts come from, and whether they do. Times are ISO 8601. */
export interface AlertSourceRow {
  /** Of the connection that is asked, or `runbook/trigger` of the receiver. */
  name: string
  kind: z.infer<typeof kind>
  /** When it last told something. */
  okAt: string | null
  /** How many alerts fired there then; null for receivers. */
  firing: number | null
  /** What is wrong now, in words; null when nothing is. */
  problem: string | null
  /** Since when. */
  since: string | null
}

export function createAlertSources(store: Store) {
  return {
    async list(): Promise<AlertSourceRow[]> {
      const rows = await store.client.alertSource.findMany({ orderBy: { name: 'asc' } })
      return rows.map((row) => ({
        ...row,
        kind: kind.parse(row.kind),
        okAt: isoOrNull(row.okAt),
        since: isoOrNull(row.since),
      }))
    },

    /** It told something. `firing` null: it tells only what happens. */
    async answered(name: string, { firing }: { firing: number | null }): Promise<void> {
      const data = { kind: firing === null ? 'webhook' : 'pull', okAt: new Date(), firing, problem: null, since: null }
      await store.write(async (tx, tell) => {
        const before = await tx.alertSource.findUnique({ where: { name } })
        await tx.alertSource.upsert({ where: { name }, create: { name, ...data }, update: data })
        if (before === null || before.problem !== null) tell({ topic: 'alert', id: name })
      })
    },

    /** It does not answer as it should. `since` is when that began. */
    async failed(name: string, problem: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const before = await tx.alertSource.findUnique({ where: { name } })
        const data = { kind: 'pull', problem, since: before?.since ?? new Date() }
        await tx.alertSource.upsert({ where: { name }, create: { name, ...data }, update: data })
        if (before?.problem !== problem) tell({ topic: 'alert', id: name })
      })
    },

    /** Forgets connections that are no more. */
    async keepPulled(names: readonly string[]): Promise<void> {
      await store.client.alertSource.deleteMany({ where: { kind: 'pull', name: { notIn: [...names] } } })
    },
  }
}

export type AlertSources = ReturnType<typeof createAlertSources>
