import * as z from 'zod'
import type { Store } from './store.ts'

const rows = z.array(
  z.object({
    runbookId: z.string(),
    name: z.string(),
    title: z.string(),
    version: z.number(),
    source: z.string(),
    publishedAt: z.date(),
  }),
)
/** What is live in production, with its text. */
export type LiveRunbook = z.infer<typeof rows>[number]

/**
 * The versions that are live in production, by name.
 *
 * @param options.naming only those whose text has this in it; what the text means there is the caller's to find out.
 */
export async function liveRunbooks(store: Store, { naming = '' }: { naming?: string } = {}): Promise<LiveRunbook[]> {
  const found = await store.client.$queryRaw`
    SELECT r."id" AS "runbookId", r."name", r."title", v."number" AS "version", v."source", v."publishedAt"
    FROM "runbook" r
    JOIN "runbook_pointer" live ON live."runbookId" = r."id" AND live."environment" = 'production'
    JOIN "runbook_version" v ON v."runbookId" = r."id" AND v."number" = live."version"
    WHERE strpos(v."source", ${naming}) > 0
    ORDER BY r."name"`
  return rows.parse(found)
}
