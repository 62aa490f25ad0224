import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { iso, outsideJson } from './stored.ts'

/** What lists show of a view. Times are ISO 8601. */
export interface DataViewSummary {
  id: string
  title: string
  createdBy: string
  createdAt: string
  expiresAt: string
}

/** Chosen series as they were. */
export interface DataViewRow extends DataViewSummary {
  /** As it was given: the repository does not look into it. */
  series: unknown
  from: string
  to: string
  stepSeconds: number
}

/** Frozen views: written once, never changed, gone when their time is over. */
export function createDataViews(store: Store) {
  const valid = () => ({ expiresAt: { gt: new Date() } })
  return {
    /** Times are unix milliseconds. @returns its id, which nobody can guess */
    async create(view: {
      title: string
      series: readonly {}[]
      from: number
      to: number
      stepSeconds: number
      expiresAt: number
      by: string
    }): Promise<string> {
      return store.write(async (tx, tell) => {
        const { id } = await tx.dataView.create({
          data: {
            title: view.title,
            series: outsideJson(view.series),
            from: new Date(view.from),
            to: new Date(view.to),
            stepSeconds: view.stepSeconds,
            expiresAt: new Date(view.expiresAt),
            createdBy: view.by,
          },
          select: { id: true },
        })
        tell({ topic: 'view', id })
        return id
      })
    },

    /** Null when there is none, or when its time is over. */
    async get(id: string): Promise<DataViewRow | null> {
      const row = await store.client.dataView.findFirst({ where: { id, ...valid() } })
      return (
        row && {
          ...summaryOf(row),
          series: row.series,
          from: iso(row.from),
          to: iso(row.to),
          stepSeconds: row.stepSeconds,
        }
      )
    },

    /** Newest first. */
    async list(limit = 200): Promise<DataViewSummary[]> {
      const rows = await store.client.dataView.findMany({
        where: valid(),
        orderBy: { createdAt: 'desc' },
        take: limit,
        select: summaryColumns,
      })
      return rows.map(summaryOf)
    },

    /** @throws DbError `unknown-view` */
    async delete(id: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.dataView.deleteMany({ where: { id } })
        if (count === 0) {
          throw new DbError('unknown-view', 'There is no such view.', { fix: 'It has expired or was deleted already.' })
        }
        tell({ topic: 'view', id })
      })
    },

    /** @returns how many there were. */
    async forgetExpired(): Promise<number> {
      const { count } = await store.client.dataView.deleteMany({ where: { expiresAt: { lte: new Date() } } })
      return count
    },
  }
}

export type DataViews = ReturnType<typeof createDataViews>

const summaryColumns = { id: true, title: true, createdBy: true, createdAt: true, expiresAt: true } as const

function summaryOf(row: Prisma.DataViewGetPayload<{ select: typeof summaryColumns }>): DataViewSummary {
  return {
    id: row.id,
    title: row.title,
    createdBy: row.createdBy,
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
  }
}
