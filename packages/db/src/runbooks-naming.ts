import * as z from 'zod'
import type { Store } from './store.ts'

const rows = z.array(z.object({ name: z.string(), title: z.string(), source: z.string() }))

/** Who asks "who uses this?" reads so many; a thing that more use is used everywhere. */
const mostFound = 200

/** Drafts whose text has one of these in it, by title. What the text means there is the caller's to find out. */
export async function runbooksNaming(store: Store, texts: readonly string[]): Promise<z.infer<typeof rows>> {
  const wanted = [...new Set(texts)].filter((text) => text !== '')
  if (wanted.length === 0) return []
  const found = await store.client.$queryRaw`
    SELECT r."name", r."title", d."source"
    FROM "runbook" r
    JOIN "runbook_draft" d ON d."runbookId" = r."id"
    WHERE EXISTS (SELECT FROM unnest(${wanted}::text[]) AS wanted("text") WHERE strpos(d."source", wanted."text") > 0)
    ORDER BY r."title", r."name"
    LIMIT ${mostFound}`
  return rows.parse(found)
}
