/** Runs in PostgreSQL, and the notices that runs themselves give cause to. */
import type { Database } from '@tenon/db'
import {
  gateEntry,
  concurrencyKeyOf,
  parseParams,
  priorityKeys,
  runStart,
  type Plan,
  type RunContext,
  type RunProjection,
} from '@tenon/runbook'
import type { RunStore } from './activities.ts'
import type { RecordVerdicts } from './record-verdicts.ts'
import type { ChildCall } from './engine-activities.ts'
import { StepFailure } from '@tenon/activities'

/** Runs that start runs, the first not counted: more is a runbook that runs itself. */
const deepest = 5

export type RunWorld = Pick<Database, 'runs' | 'runbooks' | 'plans' | 'approvals' | 'eventWaits' | 'inbox' | 'inbound'>

export function createRunStore(db: RunWorld, recordVerdicts: RecordVerdicts = async () => undefined): RunStore {
  return {
    async project(projection) {
      await db.runs.project(projection)
      await Promise.all([noticeFailure(projection), recordVerdicts(projection)])
    },

    async requestApproval(request) {
      await db.approvals.request(request)
      const { runId, stepId, question, plans } = request
      await db.inbox.post({
        key: `${runId}/${stepId}/approval`,
        title: `Approval wanted: ${question}`,
        body: plans.map((plan) => plan.title).join('\n'),
        severity: 'warning',
        link: `/approvals/${runId}/${encodeURIComponent(stepId)}`,
      })
    },

    async loadPlan(hash) {
      return existingPlan(hash, await db.plans.get(hash))
    },

    async awaitEvent({ runId, stepId, event, since, expiresAt }) {
      // The wait first: an event that comes between the two is then told by whoever accepts it, and at worst told twice.
      await db.eventWaits.add({ runId, stepId, event, expiresAt })
      return db.inbound.eventsSince(event, since)
    },

    stopAwaiting: ({ runId, stepId }) => db.eventWaits.remove(runId, stepId),

    markQueued: (runId) => db.runs.queued(runId),

    async prepareChildRun(call) {
      const { runId, parent, stepId, child } = call
      const context = childContext(call)
      const plan = existingPlan(child.planHash, await db.plans.get(child.planHash))
      const runbook = await db.runbooks.get(child.runbook)
      if (!runbook) {
        throw new StepFailure({
          code: 'unknown-runbook',
          message: `There is no runbook "${child.runbook}" any more.`,
          fix: 'Publish the runbook that runs it again, with another one.',
          retryable: false,
        })
      }
      context.params = paramsOf(plan, context.params, `The step ${stepId}`)
      await db.runs.create({
        id: runId,
        runbookId: runbook.id,
        version: child.version,
        plan,
        params: context.params,
        trigger: 'runbook',
        requestedBy: context.trigger.by,
        asOf: context.asOf,
        dryRun: context.mode === 'rehearsal',
        parentRunId: parent.runId,
        parentStepId: stepId,
        ...(context.environment === undefined ? {} : { environment: context.environment }),
      })
      return { start: runStart({ plan, context }), priorityKey: priorityKeys[plan.priority] }
    },

    async prepareScheduledRun({ runbook: name, environment, trigger: triggerName, runId, at }) {
      const runbook = await db.runbooks.get(name)
      const live = runbook && (await db.runbooks.published(name, environment))
      const found = live && (await db.runbooks.triggersOf(name, environment)).find((one) => one.name === triggerName)
      // Deleted, unpublished or paused meanwhile: its schedule is on the way out, and a firing meanwhile is nobody's fault.
      if (!found || found.paused || found.content.kind !== 'schedule') return null
      const { plan, number: version } = live
      const params = paramsOf(plan, found.content.params, `The schedule ${triggerName} of ${name}`)
      const trigger = { kind: 'schedule', by: 'schedule' } as const
      const context: RunContext = { runId, params, trigger, asOf: at, environment }
      const key = concurrencyKeyOf(plan, context)
      if (!key.ok) {
        throw new StepFailure({
          code: 'concurrency-key',
          message: key.message,
          fix: 'Correct `concurrency.key` in the runbook; it may use params and trigger.',
          retryable: false,
        })
      }
      await db.runs.create({
        id: runId,
        runbookId: runbook.id,
        version,
        plan,
        params,
        environment,
        trigger: 'schedule',
        requestedBy: trigger.by,
        asOf: at,
        concurrencyKey: key.key,
      })
      const gate = gateEntry({ plan, context }, key.key)
      const { id: firingId, duplicateOf } = await db.inbound.accept({
        kind: 'schedule',
        source: `${name}/${triggerName}`,
        runbookName: name,
        environment,
        dedupKey: runId,
        payload: null,
        bytes: 0,
      })
      if (!gate) await db.inbound.decide(firingId, { disposition: 'ran', reason: 'The schedule fired.', runId })
      return {
        start: runStart({ plan, context }),
        priorityKey: priorityKeys[plan.priority],
        // An activity that is tried twice fires once.
        firingId: duplicateOf?.id ?? firingId,
        gate,
      }
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

function childContext({ runId, parent, stepId, child, params }: ChildCall): RunContext {
  const depth = (parent.parent?.depth ?? 0) + 1
  if (depth > deepest) {
    throw new StepFailure({
      code: 'too-deep',
      message: `${child.runbook} would be a run within ${depth} others; ${deepest} are allowed.`,
      fix: 'Look for a runbook that runs itself by way of others.',
      retryable: false,
    })
  }
  return {
    runId,
    params: isObject(params) ? params : {},
    // Whoever asked for the first run asked for this one: approvals must know.
    trigger: { kind: 'runbook', by: parent.trigger.by },
    asOf: parent.asOf,
    ...(parent.environment === undefined ? {} : { environment: parent.environment }),
    ...(parent.mode === undefined ? {} : { mode: parent.mode }),
    parent: { runId: parent.runId, stepId, depth },
  }
}

function existingPlan(hash: string, plan: Plan | null): Plan {
  if (plan) return plan
  throw new StepFailure({
    code: 'plan-missing',
    message: `The plan ${hash} is not in the database.`,
    fix: 'Publish the runbook again and start a new run.',
    retryable: false,
  })
}

function paramsOf(plan: Plan, given: unknown, who: string): Record<string, unknown> {
  const parsed = parseParams(plan.params, given)
  if (parsed.ok) return parsed.params
  const [first] = parsed.problems
  throw new StepFailure({
    code: 'bad-params',
    message: `${who} gives parameters that ${plan.runbook.name} does not take: ${first?.message ?? 'they do not fit.'}`,
    fix: first?.fix ?? 'Correct the parameters.',
    retryable: false,
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
