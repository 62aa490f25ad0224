/** A report as a file: of a run as it is now, or of a frozen one. */
import { contentOf, type ReportContent } from '../../report/content/report-content.ts'
import { reportDocument } from '../../report/content/report-document.ts'
import { reportMarkdown } from '../../report/content/report-markdown.ts'
import { titleOfKey } from '@tenon/runbook'
import type { Services } from '../services.ts'
import { unknownRun } from '../rest/runs/run-view.ts'
import { alertOfRun } from './alert-of-run.ts'
import { chosenFor } from './chosen-for.ts'
import { reportPdf } from './pdf/report-pdf.ts'

export type ReportFormat = 'markdown' | 'pdf'

export interface ReportFile {
  /** "payment-drop-8f3c2a1b.md" */
  name: string
  contentType: string
  bytes: Buffer
}

/** What the run's report is made of, as the run is now. @throws ApiError `unknown-run` */
export async function contentOfRun({ db }: Pick<Services, 'db'>, runId: string): Promise<ReportContent> {
  const run = await db.runs.get(runId)
  if (!run) throw unknownRun(runId)
  const [steps, alert] = await Promise.all([db.runs.steps(runId), alertOfRun({ db }, run)])
  return contentOf(
    { ...run, alert, chosenFor: chosenFor(run) },
    steps.map((step) => ({ ...step, title: titleOfKey(step.stepId, step.title) })),
  )
}

/** @param of.link the page that it is an export of */
export async function reportFile(
  { reportFonts }: Pick<Services, 'reportFonts'>,
  of: { content: ReportContent; link: string; format: ReportFormat; now?: number },
): Promise<ReportFile> {
  const { content, link, format, now = Date.now() } = of
  const blocks = reportDocument(content, { link, madeAt: now })
  const name = `${content.run.runbook.name.replaceAll(/[^a-z0-9-]+/g, '-')}-${content.run.id.slice(0, 8)}`
  switch (format) {
    case 'markdown':
      return { name: `${name}.md`, contentType: 'text/markdown', bytes: Buffer.from(reportMarkdown(blocks)) }
    case 'pdf':
      return {
        name: `${name}.pdf`,
        contentType: 'application/pdf',
        bytes: await reportPdf(blocks, { fonts: await reportFonts(), link, madeAt: now }),
      }
  }
}
