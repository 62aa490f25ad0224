import * as z from 'zod'
import type { Store } from './store.ts'

const stopped = z.object({ reason: z.string() })

export interface WritesStopped {
  by: string
  at: string
  reason: string
}

const writesKey = 'writes-stopped'

const environmentsKey = 'environments'
const environmentList = z.array(z.string()).min(1)
/** As long as nobody says otherwise. */
const usualEnvironments = ['production', 'staging']

const triageKey = 'alert-triage'
const triageSettings = z.object({ suppression: z.boolean() })

/** Settings of the whole installation. */
export function createSettings(store: Store) {
  return {
    /** The kill switch: null when writes are allowed. The worker reads it before every apply. */
    async writesStopped(): Promise<WritesStopped | null> {
      const row = await store.client.setting.findUnique({ where: { key: writesKey } })
      if (!row) return null
      return { by: row.updatedBy, at: row.updatedAt.toISOString(), reason: stopped.parse(row.value).reason }
    },

    async stopWrites(by: string, reason: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: { reason }, updatedBy: by }
        await tx.setting.upsert({ where: { key: writesKey }, create: { key: writesKey, ...data }, update: data })
        tell({ topic: 'action', id: writesKey })
      })
    },

    async resumeWrites(): Promise<void> {
      await store.write(async (tx, tell) => {
        await tx.setting.deleteMany({ where: { key: writesKey } })
        tell({ topic: 'action', id: writesKey })
      })
    },

    /** Whether alerts that are noise may be silenced at their source; off until somebody switches it on. */
    async alertSuppression(): Promise<{ on: boolean; by: string | null; at: string | null }> {
      const row = await store.client.setting.findUnique({ where: { key: triageKey } })
      if (!row) return { on: false, by: null, at: null }
      return { on: triageSettings.parse(row.value).suppression, by: row.updatedBy, at: row.updatedAt.toISOString() }
    },

    async setAlertSuppression(on: boolean, by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: { suppression: on }, updatedBy: by }
        await tx.setting.upsert({ where: { key: triageKey }, create: { key: triageKey, ...data }, update: data })
        tell({ topic: 'alert', id: triageKey })
      })
    },

    /** Where versions can be live, `production` first. */
    async environments(): Promise<string[]> {
      const row = await store.client.setting.findUnique({ where: { key: environmentsKey } })
      return row ? environmentList.parse(row.value) : usualEnvironments
    },

    async setEnvironments(names: readonly string[], by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const data = { value: [...names], updatedBy: by }
        await tx.setting.upsert({
          where: { key: environmentsKey },
          create: { key: environmentsKey, ...data },
          update: data,
        })
        tell({ topic: 'settings', id: environmentsKey })
      })
    },
  }
}

export type Settings = ReturnType<typeof createSettings>
