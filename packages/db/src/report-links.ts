import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { iso, outsideJson } from './stored.ts'

/** What lists show of a frozen report. Times are ISO 8601. */
interface ReportLinkSummary {
  id: string
  runId: string
  title: string
  createdBy: string
  createdAt: string
  expiresAt: string
}

/** A report as it was. */
interface ReportLinkRow extends ReportLinkSummary {
  /** As it was given: the repository does not look into it. */
  content: unknown
}

/** Reports frozen on links of their own: written once, never changed, gone when their time is over; the run may go before. */
export function createReportLinks(store: Store) {
  const valid = () => ({ expiresAt: { gt: new Date() } })
  return {
    /** @param link.expiresAt unix milliseconds @returns its id, which nobody can guess */
    async create(link: {
      runId: string
      title: string
      content: object
      expiresAt: number
      by: string
    }): Promise<string> {
      return store.write(async (tx, tell) => {
        const { id } = await tx.reportLink.create({
          data: {
            runId: link.runId,
            title: link.title,
            content: outsideJson(link.content),
            expiresAt: new Date(link.expiresAt),
            createdBy: link.by,
          },
          select: { id: true },
        })
        tell({ topic: 'run', id: link.runId })
        return id
      })
    },

    /** Null when there is none, or when its time is over. */
    async get(id: string): Promise<ReportLinkRow | null> {
      const row = await store.client.reportLink.findFirst({ where: { id, ...valid() } })
      return row && { ...summaryOf(row), content: row.content }
    },

    /** Newest first. */
    async ofRun(runId: string): Promise<ReportLinkSummary[]> {
      const rows = await store.client.reportLink.findMany({
        where: { runId, ...valid() },
        orderBy: { createdAt: 'desc' },
        take: 100,
        select: summaryColumns,
      })
      return rows.map(summaryOf)
    },

    /** @throws DbError `unknown-report` */
    async delete(id: string): Promise<void> {
      const { count } = await store.client.reportLink.deleteMany({ where: { id } })
      if (count === 0) {
        throw new DbError('unknown-report', 'There is no such frozen report.', {
          fix: 'It has expired or was deleted already.',
        })
      }
    },

    /** @returns how many there were. */
    async forgetExpired(): Promise<number> {
      const { count } = await store.client.reportLink.deleteMany({ where: { expiresAt: { lte: new Date() } } })
      return count
    },
  }
}

export type ReportLinks = ReturnType<typeof createReportLinks>

const summaryColumns = {
  id: true,
  runId: true,
  title: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
} as const

function summaryOf(row: Prisma.ReportLinkGetPayload<{ select: typeof summaryColumns }>): ReportLinkSummary {
  return {
    id: row.id,
    runId: row.runId,
    title: row.title,
    createdBy: row.createdBy,
    createdAt: iso(row.createdAt),
    expiresAt: iso(row.expiresAt),
  }
}
