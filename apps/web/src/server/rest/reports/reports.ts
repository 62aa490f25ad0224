/** Reports over the REST API: of a run as JSON, Markdown or PDF, and frozen on links. */
import * as z from 'zod'
import { reportContent, type ReportContent } from '../../../report/content/report-content.ts'
import type { Services } from '../../services.ts'
import { contentOfRun, reportFile } from '../../report/report-files.ts'
import { deleteFrozenReport, freezeReport, getFrozenReport, linkOfRun } from '../../report/report-links.ts'
import { defineOperation, type Reply } from '../operation.ts'
import { runId } from '../runs/run-schema.ts'

const id = z.string().min(1).max(64)
const time = z.iso.datetime({ offset: true })
const formats = z.enum(['json', 'markdown', 'pdf']).default('json')
const formatQuery = z.strictObject({ format: formats.describe('Of the answer.') })

const runReport = z
  .object({
    link: z.string().describe('The page that it is of.'),
    content: reportContent.meta({ id: 'ReportContent' }),
  })
  .meta({ id: 'RunReport' })

const answers = {
  200: {
    description: 'The report; `text/markdown` or `application/pdf` when that was asked for.',
    schema: runReport,
    files: ['text/markdown', 'application/pdf'],
  },
} as const

export const getRunReport = defineOperation({
  id: 'getRunReport',
  method: 'GET',
  path: '/api/v1/runs/{id}/report',
  summary: 'Get a run’s report',
  description:
    'Conclusion, causes, evidence and what could not be checked, as it is now: for a ticket, a chat or a postmortem.',
  role: 'viewer',
  params: z.strictObject({ id: runId }),
  query: formatQuery,
  responses: answers,
  errors: { 'unknown-run': 'There is no such run.' },
  async handler({ params, query, services }) {
    const content = await contentOfRun(services, params.id)
    return reportReply(services, { content, link: linkOfRun(services, params.id), format: query.format })
  },
})

export const freezeReportOperation = defineOperation({
  id: 'freezeReport',
  method: 'POST',
  path: '/api/v1/reports',
  summary: 'Freeze a run’s report',
  description: 'Keeps the report as it is now, on a read-only link for whoever may sign in, until it expires.',
  role: 'operator',
  body: z.strictObject({ runId, expiresInDays: z.int().min(1).max(366).default(30) }),
  responses: { 201: { description: 'It is frozen.', schema: z.object({ id, link: z.string(), expiresAt: time }) } },
  errors: { 'unknown-run': 'There is no such run.' },
  async handler({ body, actor, services, reply }) {
    const made = await freezeReport(services, { ...body, actor })
    return reply(201, made, { location: `/api/v1/reports/${made.id}` })
  },
})

const unknownReport = { 'unknown-report': 'There is no such frozen report: it has expired or was deleted.' }

export const getFrozenReportOperation = defineOperation({
  id: 'getFrozenReport',
  method: 'GET',
  path: '/api/v1/reports/{id}',
  summary: 'Get a frozen report',
  role: 'viewer',
  params: z.strictObject({ id }),
  query: formatQuery,
  responses: answers,
  errors: unknownReport,
  async handler({ params, query, services }) {
    const { content, link } = await getFrozenReport(services, params.id)
    return reportReply(services, { content, link, format: query.format })
  },
})

export const deleteFrozenReportOperation = defineOperation({
  id: 'deleteFrozenReport',
  method: 'DELETE',
  path: '/api/v1/reports/{id}',
  summary: 'Delete a frozen report',
  description: 'Whoever froze it may, and admins. The run stays.',
  role: 'operator',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'It is gone.', schema: z.object({ deleted: z.literal(true) }) } },
  errors: unknownReport,
  async handler({ params, actor, services, reply }) {
    await deleteFrozenReport(services, { id: params.id, actor })
    return reply(200, { deleted: true })
  },
})

async function reportReply(
  services: Services,
  { content, link, format }: { content: ReportContent; link: string; format: z.infer<typeof formats> },
): Promise<Reply> {
  if (format === 'json') return { status: 200, body: { link, content } }
  const { name, contentType, bytes } = await reportFile(services, { content, link, format })
  return {
    status: 200,
    body: bytes,
    headers: {
      'content-type': contentType === 'text/markdown' ? `${contentType}; charset=utf-8` : contentType,
      'content-disposition': `attachment; filename="${name}"`,
    },
  }
}
