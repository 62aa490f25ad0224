/** Frozen reports: a run's report as it was, read-only, on a link that expires. What a runbook, a model or the run becomes later changes nothing of it. */
import { reportContent, type ReportContent } from '../../report/content/report-content.ts'
import { headlineOf } from '../../report/content/report-view.ts'
import { actorKey, labelOf, type Actor } from '../actor.ts'
import { ApiError } from '../errors.ts'
import type { Services } from '../services.ts'
import { contentOfRun } from './report-files.ts'

const dayMs = 86_400_000

export interface FrozenReport {
  id: string
  runId: string
  title: string
  createdBy: string
  createdAt: string
  expiresAt: string
  link: string
  content: ReportContent
}

/** Keeps the report as it is now. The link opens for whoever may sign in, and for nobody else. @throws ApiError `unknown-run` */
export async function freezeReport(
  services: Pick<Services, 'db' | 'configuration'>,
  { runId, expiresInDays, actor }: { runId: string; expiresInDays: number; actor: Actor },
): Promise<{ id: string; link: string; expiresAt: string }> {
  const { db } = services
  const content = await contentOfRun(services, runId)
  const expiresAt = Date.now() + expiresInDays * dayMs
  const title = headlineOf(content).slice(0, 300)
  const id = await db.reportLinks.create({ runId, title, content, expiresAt, by: labelOf(actor) })
  await db.audit.append({ actor: actorKey(actor), action: 'reports.freeze', subject: id, detail: { runId } })
  return { id, link: linkOf(services, id), expiresAt: new Date(expiresAt).toISOString() }
}

/** @throws ApiError `unknown-report` */
export async function getFrozenReport(
  services: Pick<Services, 'db' | 'configuration'>,
  id: string,
): Promise<FrozenReport> {
  const row = await services.db.reportLinks.get(id)
  if (row) return { ...row, content: reportContent.parse(row.content), link: linkOf(services, id) }
  throw new ApiError({
    status: 404,
    code: 'unknown-report',
    message: 'There is no such frozen report.',
    fix: 'It has expired or was deleted: ask who sent the link for a new one, or open the run.',
  })
}

/** Whoever made it may, and admins. @throws ApiError `role-too-low`; DbError `unknown-report` */
export async function deleteFrozenReport(
  { db }: Pick<Services, 'db'>,
  { id, actor }: { id: string; actor: Actor },
): Promise<void> {
  const row = await db.reportLinks.get(id)
  if (row && row.createdBy !== labelOf(actor) && actor.role !== 'admin') {
    throw new ApiError({
      status: 403,
      code: 'role-too-low',
      message: `${row.createdBy} froze this report; only they and admins delete it.`,
      fix: 'Ask them, or wait until it expires.',
    })
  }
  await db.reportLinks.delete(id)
  await db.audit.append({ actor: actorKey(actor), action: 'reports.delete', subject: id })
}

export const linkOf = ({ configuration }: Pick<Services, 'configuration'>, id: string): string =>
  `${configuration.publicUrl}/reports/${id}`

export const linkOfRun = ({ configuration }: Pick<Services, 'configuration'>, runId: string): string =>
  `${configuration.publicUrl}/runs/${runId}`
