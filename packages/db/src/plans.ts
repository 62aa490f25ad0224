import type { Plan } from '@tenon/runbook'
import { BoundedMap } from './bounded-map.ts'
import type { Statement, Store, Transaction } from './store.ts'
import { jsonText, jsonValue, storedPlan } from './stored.ts'

const getPlan: Statement = { name: 'plan-get', text: `SELECT "content" FROM "plan" WHERE "hash" = $1` }
const putPlan: Statement = {
  name: 'plan-put',
  text: `INSERT INTO "plan" ("hash", "content") VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING`,
}

/** Longest plans are a few MB in memory; a runbook that is called often is one of the newest hundred. */
const most = 200

/** Plans by their content's hash. A plan never changes, so each process reads it once while it is in use. */
export function createPlans(store: Store) {
  const cache = new BoundedMap<string, Plan>(most)

  return {
    async get(hash: string): Promise<Plan | null> {
      const cached = cache.get(hash)
      if (cached) return cached
      const [row] = await store.run(getPlan, [hash])
      if (!row) return null
      const plan = storedPlan.parse(row['content'])
      cache.set(hash, plan)
      return plan
    },

    /** Whether this process knows that the plan is stored. */
    isKnown: (hash: string): boolean => cache.has(hash),

    /** Says that the plan was stored. */
    know(plan: Plan): void {
      cache.set(plan.hash, plan)
    },

    /** A plan that is stored already is left. */
    async put(plan: Plan): Promise<void> {
      if (cache.has(plan.hash)) return
      await store.run(putPlan, [plan.hash, jsonText(plan)])
      cache.set(plan.hash, plan)
    },

    /** The same in a transaction; the cache learns of it at the next `get`, since the transaction may yet fail. */
    async putIn(tx: Transaction, plan: Plan): Promise<void> {
      if (cache.has(plan.hash)) return
      await tx.plan.createMany({ data: [{ hash: plan.hash, content: jsonValue(plan) }], skipDuplicates: true })
    },
  }
}

export type Plans = ReturnType<typeof createPlans>
