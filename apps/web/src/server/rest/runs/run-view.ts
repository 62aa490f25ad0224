import type { RunSummary } from '@tenon/db'
import type * as z from 'zod'
import { ApiError } from '../../errors.ts'
import type { Services } from '../../services.ts'
import type { runSummarySchema, RunView } from './run-schema.ts'

type Parts = Pick<Services, 'db' | 'configuration'>

/** @throws ApiError `unknown-run`. */
export async function runView({ db, configuration }: Parts, id: string): Promise<RunView> {
  const run = await db.runs.get(id)
  if (!run) throw unknownRun(id)
  const { publicUrl } = configuration
  const waiting =
    run.endedAt === null ? (await db.approvals.ofRun(id)).filter(({ status }) => status === 'waiting') : []
  return {
    ...summaryView({ configuration }, run),
    params: run.params,
    report: run.report,
    error: run.error,
    express: run.express,
    baseRunId: run.baseRunId,
    parentRunId: run.parentRunId,
    waitingFor: waiting.map(({ stepId, question }) => ({
      stepId,
      question,
      url: `${publicUrl}/approvals/${id}/${encodeURIComponent(stepId)}`,
    })),
  }
}

export function summaryView(
  { configuration }: Pick<Services, 'configuration'>,
  run: RunSummary,
): z.infer<typeof runSummarySchema> {
  return {
    id: run.id,
    url: `${configuration.publicUrl}/runs/${run.id}`,
    runbook: run.runbook.name,
    version: run.version,
    environment: run.environment,
    status: run.status,
    verdict: run.verdict,
    conclusion: run.conclusion,
    trigger: run.trigger,
    requestedBy: run.requestedBy,
    dryRun: run.dryRun,
    asOf: run.asOf,
    startedAt: run.startedAt,
    concludedAt: run.concludedAt,
    endedAt: run.endedAt,
  }
}

export const unknownRun = (id: string) =>
  new ApiError({
    status: 404,
    code: 'unknown-run',
    message: `There is no run ${id}.`,
    fix: 'Use the id that starting the run gave.',
  })
