import * as z from 'zod'
import type { Statement, Store } from './store.ts'

const row = z.object({ target: z.string() })

/** From one target to the next by their index: as fast with a million actions as with ten. */
const distinct: Statement = {
  name: 'acted-targets',
  text: `
WITH RECURSIVE "next" AS (
  (SELECT "target" FROM "action" ORDER BY "target" LIMIT 1)
  UNION ALL
  SELECT (SELECT "target" FROM "action" WHERE "target" > "next"."target" ORDER BY "target" LIMIT 1)
  FROM "next" WHERE "next"."target" IS NOT NULL
)
SELECT "target" FROM "next" WHERE "target" IS NOT NULL LIMIT 5000`,
}

/** `<connection>/<backend>` of whatever an action was ever planned on, by name. */
export async function actedTargets(store: Store): Promise<string[]> {
  return (await store.run(distinct, [])).map((each) => row.parse(each).target)
}
