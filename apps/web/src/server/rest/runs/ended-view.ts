import type { Report, RunState } from '@tenon/runbook'
import type { Services } from '../../services.ts'
import type { RunView } from './run-schema.ts'

/** An express run that has ended, from its own state: what its row says too, without reading it back. */
export function endedView(
  { configuration }: Pick<Services, 'configuration'>,
  { context, ...state }: RunState,
  { runbook, version, baseRunId }: { runbook: string; version: number | null; baseRunId: string | null },
): RunView {
  const concluded = newestReport(state)
  return {
    id: context.runId,
    url: `${configuration.publicUrl}/runs/${context.runId}`,
    runbook,
    version,
    environment: context.environment ?? 'production',
    status: state.status,
    verdict: concluded?.report.verdict.value ?? null,
    conclusion: concluded?.report.conclusion ?? null,
    trigger: context.trigger.kind,
    requestedBy: context.trigger.by,
    asOf: iso(context.asOf),
    startedAt: iso(state.startedAt),
    concludedAt: concluded ? iso(concluded.endedAt) : null,
    endedAt: state.endedAt === null ? null : iso(state.endedAt),
    params: context.params,
    report: concluded?.report ?? null,
    error: state.error,
    express: true,
    // It has no writes.
    dryRun: false,
    baseRunId,
    parentRunId: context.parent?.runId ?? null,
    waitingFor: [],
  }
}

function newestReport({ steps }: Pick<RunState, 'steps'>): { report: Report; endedAt: number } | null {
  let newest: { report: Report; endedAt: number } | null = null
  for (const step of Object.values(steps)) {
    if (step.status !== 'done' || !step.result.report) continue
    if (!newest || step.endedAt >= newest.endedAt) newest = { report: step.result.report, endedAt: step.endedAt }
  }
  return newest
}

const iso = (ms: number): string => new Date(ms).toISOString()
