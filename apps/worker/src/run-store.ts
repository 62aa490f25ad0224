/** Runs in PostgreSQL, and the notices that runs themselves give cause to. */
import type { Database } from '@tenon/db'
import type { Plan, RunInput, RunProjection } from '@tenon/runbook'
import type { RunStore } from './activities.ts'
import { StepFailure } from './step-errors.ts'

export function createRunStore(db: Pick<Database, 'runs' | 'runbooks' | 'approvals' | 'inbox'>): RunStore {
  return {
    async project(projection) {
      await db.runs.project(projection)
      await noticeFailure(projection)
    },

    async requestApproval(request) {
      await db.approvals.request(request)
      const { runId, stepId, question, plans } = request
      await db.inbox.post({
        key: `${runId}/${stepId}/approval`,
        title: `Approval wanted: ${question}`,
        body: plans.map((plan) => plan.title).join('\n'),
        severity: 'warning',
        link: `/approvals/${runId}/${stepId}`,
      })
    },

    async prepareScheduledRun({ runbookId, runId, at }) {
      const runbook = await db.runbooks.getById(runbookId)
      // Deleted or never published: its schedule is on the way out, and a firing meanwhile is nobody's fault.
      if (!runbook?.schedule || runbook.publishedVersion === null) return null
      const { plan } = await db.runbooks.version(runbook.name, runbook.publishedVersion)
      const params = withDefaults(plan, runbook.schedule.params)
      const requestedBy = 'schedule'
      await db.runs.create({
        id: runId,
        runbookId,
        version: runbook.publishedVersion,
        plan,
        params,
        trigger: 'schedule',
        requestedBy,
        asOf: at,
      })
      return {
        plan,
        context: { runId, params, trigger: { kind: 'schedule', by: requestedBy }, asOf: at },
      } satisfies RunInput
    },
  }

  /** Someone should know of a run that failed, also when nobody looks at its page. A run that was cancelled failed for nobody. */
  async function noticeFailure({ runId, status, error }: RunProjection): Promise<void> {
    if (status !== 'failed' && status !== 'timed-out') return
    const run = await db.runs.summary(runId)
    if (!run) return
    await db.inbox.post({
      key: `${runId}/failed`,
      title: `${run.runbook.title} ${status === 'failed' ? 'failed' : 'took too long'}`,
      body: error ? [error.message, error.fix].filter(Boolean).join(' ') : 'The run ended without a reason.',
      severity: 'critical',
      link: `/runs/${runId}`,
    })
  }
}

/** A schedule gives some parameters; the others take their defaults. */
function withDefaults(plan: Plan, given: Record<string, unknown>): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  const missing: string[] = []
  for (const [name, declared] of Object.entries(plan.params)) {
    const value = given[name] ?? declared.default
    if (value === undefined) missing.push(name)
    else params[name] = value
  }
  if (missing.length === 0) return params
  throw new StepFailure({
    code: 'missing-parameter',
    message: `The schedule of ${plan.runbook.name} gives no value for ${missing.join(', ')}.`,
    fix: 'Give the parameters under schedule.params in the runbook, or give them defaults, and publish it.',
    retryable: false,
  })
}
