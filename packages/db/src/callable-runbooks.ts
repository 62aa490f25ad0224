import { callableRunbook, type CallableRunbook } from '@tenon/runbook'
import * as z from 'zod'
import type { Store } from './store.ts'

const rows = z.array(z.object({ name: z.string(), title: z.string(), versions: callableRunbook.shape.versions }))

/** Newest versions of a runbook that others may name. */
const mostVersions = 50

/** Published runbooks with their newest versions and parameters: what a step "Run a runbook" may name. By name. */
export async function callableRunbooks(store: Store): Promise<CallableRunbook[]> {
  const found = await store.client.$queryRaw`
    SELECT r."name", r."title",
      jsonb_agg(
        jsonb_build_object('version', v."number", 'planHash', v."planHash", 'params', p."content" -> 'params')
        ORDER BY v."number" = live."version" DESC, v."number" DESC
      ) AS "versions"
    FROM "runbook" r
    JOIN "runbook_pointer" live ON live."runbookId" = r."id" AND live."environment" = 'production'
    CROSS JOIN LATERAL (
      SELECT * FROM "runbook_version" WHERE "runbookId" = r."id" ORDER BY "number" DESC LIMIT ${mostVersions}
    ) v
    JOIN "plan" p ON p."hash" = v."planHash"
    GROUP BY r."id"
    ORDER BY r."name"`
  return rows.parse(found)
}
