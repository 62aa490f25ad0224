import * as z from 'zod'
import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { jsonValue } from './stored.ts'

const scope = z.object({
  entity: z.string().optional(),
  hosts: z.array(z.string()).optional(),
  zone: z.string().optional(),
  version: z.string().optional(),
})

/** An event that altered something: deploy, config, flag, load test, drill. Times are unix milliseconds. */
export interface ChangeRecord {
  id: string
  kind: string
  title: string
  startedAt: number
  endedAt: number | null
  scope: z.infer<typeof scope>
  author: string | null
}

/** Changes, as other systems report them. */
export function createChanges(store: Store) {
  return {
    /** Writes a change by its id: systems send one when it begins and again when it ends. */
    async upsert(change: ChangeRecord): Promise<void> {
      const data = {
        kind: change.kind,
        title: change.title,
        scope: jsonValue(change.scope),
        author: change.author,
        startedAt: new Date(change.startedAt),
        endedAt: change.endedAt === null ? null : new Date(change.endedAt),
      }
      await store.write(async (tx, tell) => {
        await tx.change.upsert({ where: { id: change.id }, create: { id: change.id, ...data }, update: data })
        tell({ topic: 'change', id: change.id })
      })
    },

    /** Those that were going on at some time between `from` and `to`, newest first; at most 500. */
    async between(from: number, to: number): Promise<ChangeRecord[]> {
      const rows = await store.client.change.findMany({
        where: {
          startedAt: { lte: new Date(to) },
          // Without an end it is an instant (a deploy that was not closed), not something that goes on forever.
          OR: [{ startedAt: { gte: new Date(from) } }, { endedAt: { gte: new Date(from) } }],
        },
        orderBy: { startedAt: 'desc' },
        take: 500,
      })
      return rows.map(changeRecord)
    },
  }
}

export type Changes = ReturnType<typeof createChanges>

function changeRecord(row: Prisma.ChangeGetPayload<object>): ChangeRecord {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    startedAt: row.startedAt.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
    scope: scope.parse(row.scope),
    author: row.author,
  }
}
