/** A run as the REST API gives it, and waiting for it. */
import type { Database } from '@tenon/db'
import { ApiError } from '../errors.ts'
import type { Services } from '../services.ts'

/** @throws ApiError `unknown-run`. */
export async function runView({ db, configuration }: Pick<Services, 'db' | 'configuration'>, id: string) {
  const run = await db.runs.get(id)
  if (!run) {
    throw new ApiError({
      status: 404,
      code: 'unknown-run',
      message: `There is no run ${id}.`,
      fix: 'Use the id that starting the run gave.',
    })
  }
  const approvals = await db.approvals.ofRun(id)
  const { publicUrl } = configuration
  return {
    id,
    url: `${publicUrl}/runs/${id}`,
    runbook: run.runbook.name,
    version: run.version,
    status: run.status,
    verdict: run.verdict,
    conclusion: run.conclusion,
    report: run.report,
    params: run.params,
    trigger: run.trigger,
    requestedBy: run.requestedBy,
    asOf: run.asOf,
    startedAt: run.startedAt,
    concludedAt: run.concludedAt,
    endedAt: run.endedAt,
    error: run.error,
    waitingFor: approvals
      .filter(({ status }) => status === 'waiting')
      .map(({ stepId, question }) => ({ stepId, question, url: `${publicUrl}/approvals/${id}/${stepId}` })),
  }
}

const pollMs = 150

/** Waits until a run has ended, or can go no further without a person; at most `ms`. */
export async function untilTelling(
  db: Pick<Database, 'runs' | 'approvals'>,
  id: string,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + ms
  while (Date.now() < deadline && !signal.aborted) {
    const run = await db.runs.summary(id)
    if (!run || run.status !== 'running') return
    if ((await db.approvals.ofRun(id)).some(({ status }) => status === 'waiting')) return
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
