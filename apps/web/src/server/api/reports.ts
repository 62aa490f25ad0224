import * as z from 'zod'
import { contentOfRun, reportFile, type ReportFile } from '../report/report-files.ts'
import { deleteFrozenReport, freezeReport, getFrozenReport, linkOf, linkOfRun } from '../report/report-links.ts'
import { procedure, router } from './trpc.ts'

const id = z.string().min(1).max(64)

/** Reports of runs, frozen and as files. */
export const reportsRouter = router({
  freeze: procedure
    .input(z.object({ runId: id, expiresInDays: z.number().int().min(1).max(366).default(30) }))
    .mutation(({ ctx, input }) => freezeReport(ctx.services, { ...input, actor: ctx.actor })),

  get: procedure.input(z.object({ id })).query(({ ctx, input }) => getFrozenReport(ctx.services, input.id)),

  /** Frozen reports of a run, newest first. */
  ofRun: procedure.input(z.object({ runId: id })).query(async ({ ctx, input }) => {
    const rows = await ctx.services.db.reportLinks.ofRun(input.runId)
    return rows.map((row) => ({ ...row, link: linkOf(ctx.services, row.id) }))
  }),

  delete: procedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    await deleteFrozenReport(ctx.services, { ...input, actor: ctx.actor })
  }),

  /** A file to download; its bytes in base64. */
  file: procedure
    .input(
      z.object({
        of: z.union([z.strictObject({ runId: id }), z.strictObject({ frozenId: id })]),
        format: z.enum(['markdown', 'pdf']),
      }),
    )
    .query(async ({ ctx, input: { of, format } }) => {
      const { services } = ctx
      if ('runId' in of) {
        const content = await contentOfRun(services, of.runId)
        return encoded(await reportFile(services, { content, format, link: linkOfRun(services, of.runId) }))
      }
      const { content, link } = await getFrozenReport(services, of.frozenId)
      return encoded(await reportFile(services, { content, format, link }))
    }),
})

const encoded = ({ name, contentType, bytes }: ReportFile) => ({ name, contentType, base64: bytes.toString('base64') })
