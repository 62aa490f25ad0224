import * as z from 'zod'
import type { Store } from './store.ts'

const named = z.array(
  z.object({
    name: z.string(),
    count: z.number(),
    newest: z.date(),
    entity: z.string().nullable(),
    measure: z.string().nullable(),
    labels: z.record(z.string(), z.string()),
  }),
)
const ofEntities = z.array(z.object({ entity: z.string(), count: z.number() }))

/** How often alerts fired; `entity`, `measure` and `labels` are those of the newest of the name. */
export interface AlertCounts {
  names: z.infer<typeof named>
  entities: Map<string, number>
}

/** Names of rules are few; more than these nobody reads. */
const mostNames = 500

/** Of firings that began since then (unix milliseconds), the most frequent names first. */
export async function alertCounts(store: Store, since: number): Promise<AlertCounts> {
  const from = new Date(since)
  const [names, entities] = await Promise.all([
    store.client.$queryRaw`
      SELECT "name", count(*)::int AS "count", max("startsAt") AS "newest",
        (array_agg("entity" ORDER BY "startsAt" DESC))[1] AS "entity",
        (array_agg("measure" ORDER BY "startsAt" DESC))[1] AS "measure",
        (array_agg("labels" ORDER BY "startsAt" DESC))[1] AS "labels"
      FROM "alert" WHERE "startsAt" >= ${from}
      GROUP BY "name" ORDER BY count(*) DESC, "name" LIMIT ${mostNames}`,
    store.client.$queryRaw`
      SELECT "entity", count(*)::int AS "count" FROM "alert"
      WHERE "startsAt" >= ${from} AND "entity" IS NOT NULL GROUP BY "entity"`,
  ])
  return {
    names: named.parse(names),
    entities: new Map(ofEntities.parse(entities).map(({ entity, count }) => [entity, count])),
  }
}
