import type { Report, RunProjection, StepState } from '@tenon/runbook'
import type { Prisma } from './generated/client.ts'
import type { Store, Transaction } from './store.ts'
import { dateOrNull, json } from './stored.ts'

/**
 * Writes a projection in one transaction, serial per run. Idempotent and monotone: rows keep the revision that wrote them, so a projection that is
 * sent twice or arrives late never takes back what a newer one wrote, and a run that a projection ended stays ended.
 */
export async function createProjection(store: Store, projection: RunProjection): Promise<void> {
  const { runId, revision } = projection
  await store.write(async (tx, tell) => {
    // The row's lock makes the compare-and-write below safe against another worker's late attempt.
    const rows = await tx.$queryRaw<{ revision: number; status: string }[]>`
      SELECT "revision", "status" FROM "run" WHERE "id" = ${runId} FOR UPDATE`
    const run = rows[0]
    if (!run) return
    // Revision 0 that is not running: the start seemed to fail, and the workflow says otherwise.
    if (run.revision < revision && (run.status === 'running' || run.revision === 0)) {
      await tx.run.update({
        where: { id: runId },
        data: {
          revision,
          status: projection.status,
          endedAt: dateOrNull(projection.endedAt),
          error: json(projection.error),
        },
      })
    }
    await projectReport(tx, projection)
    const seen = new Map(
      (await tx.step.findMany({ where: { runId }, select: { stepId: true, revision: true } })).map((step) => [
        step.stepId,
        step.revision,
      ]),
    )
    for (const { stepId, type, title, state } of projection.steps) {
      if ((seen.get(stepId) ?? -1) >= revision) continue
      const data = { type, title, revision, ...stepColumns(state) }
      await tx.step.upsert({
        where: { runId_stepId: { runId, stepId } },
        create: { runId, stepId, ...data },
        update: data,
      })
    }
    for (const ended of projection.approvals) {
      const { count } = await tx.approval.updateMany({
        where: { runId, stepId: ended.stepId, status: 'waiting' },
        data: {
          status: ended.status,
          decidedBy: ended.by,
          comment: ended.comment,
          decidedAt: new Date(ended.at),
          revision,
        },
      })
      if (count > 0) tell({ topic: 'approval', id: runId })
    }
    if (projection.status !== 'running') {
      // A run that was ended from outside (terminated) had no chance to say how its approvals ended.
      const { count } = await tx.approval.updateMany({
        where: { runId, status: 'waiting' },
        data: { status: 'cancelled', decidedAt: new Date(), revision },
      })
      if (count > 0) tell({ topic: 'approval', id: runId })
    }
    tell({ topic: 'run', id: runId })
  })
}

/** The newest report wins; a runbook may conclude on several paths, though only one is usually taken. */
async function projectReport(tx: Transaction, projection: RunProjection): Promise<void> {
  let newest: { report: Report; endedAt: number } | null = null
  for (const { state } of projection.steps) {
    if (state.status !== 'done' || !state.result.report) continue
    if (!newest || state.endedAt >= newest.endedAt) newest = { report: state.result.report, endedAt: state.endedAt }
  }
  if (!newest) return
  await tx.run.updateMany({
    where: {
      id: projection.runId,
      OR: [{ concludedAt: null }, { concludedAt: { lte: new Date(newest.endedAt) } }],
    },
    data: {
      report: json(newest.report),
      verdict: newest.report.verdict.value,
      conclusion: newest.report.conclusion,
      concludedAt: new Date(newest.endedAt),
    },
  })
}

type StepColumns = Omit<Prisma.StepUncheckedUpdateInput, 'runId' | 'stepId' | 'type' | 'title' | 'revision'> & {
  status: string
}

/** Every column is named for every status, so that a retried step does not keep what its last attempt wrote. */
function stepColumns(state: StepState) {
  const none = {
    attempt: 0,
    outcome: null,
    summary: null,
    input: json(null),
    output: json(null),
    verdict: json(null),
    evidence: json(null),
    hypotheses: json(null),
    error: json(null),
    reason: null,
    startedAt: null,
    endedAt: null,
  }
  const columns = ((): StepColumns => {
    switch (state.status) {
      case 'pending':
        return { status: state.status }
      case 'running':
      case 'waiting':
        return begun(state)
      case 'backing-off':
        return { ...begun(state), error: json(state.error) }
      case 'done':
        return {
          ...begun(state),
          endedAt: new Date(state.endedAt),
          outcome: state.result.outcome,
          summary: state.result.summary,
          output: json(state.result.output),
          verdict: json(state.result.verdict),
          evidence: json(state.result.evidence),
          hypotheses: json(state.result.hypotheses),
        }
      case 'failed':
        return { ...begun(state), endedAt: new Date(state.endedAt), outcome: 'error', error: json(state.error) }
      case 'skipped':
        return { status: state.status, endedAt: new Date(state.endedAt), reason: state.reason }
      case 'cancelled':
        return { status: state.status, endedAt: new Date(state.endedAt) }
    }
  })()
  return { ...none, ...columns } as typeof none & { status: string }
}

function begun(state: {
  status: string
  attempt: number
  startedAt: number
  input: Record<string, unknown>
}): StepColumns {
  return {
    status: state.status,
    attempt: state.attempt,
    startedAt: new Date(state.startedAt),
    input: json(state.input),
  }
}
