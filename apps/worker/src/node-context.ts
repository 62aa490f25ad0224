/** What a node may touch, made for each call from the worker's own parts. */
import { applyAction, planAction, type ActionDeps, type LedgerAction } from '@tenon/actions'
import { StepFailure, type AppliedAction, type NodeContext } from '@tenon/activities'
import { createRunScopes, dataOfRun, type DataService } from '@tenon/data'
import { emitEvent, type Database } from '@tenon/db'
import { isDryRun } from '@tenon/runbook'
import type { Leases } from './leases.ts'
import type { ContextFactory } from './run-node.ts'
import { postWebhook } from './webhook.ts'

export interface NodeWorld {
  db: Pick<Database, 'alerts' | 'settings' | 'changes' | 'inbox' | 'connections' | 'actions' | 'inbound' | 'runs'>
  /** Of the newest model; a call keeps the one that it began with. */
  data(): Promise<DataService>
  actions: ActionDeps
  leases: Pick<Leases, 'actionNotDone' | 'revertNow'>
  /** Where browsers find the pages; null when the worker was not told. */
  publicUrl: string | null
}

export function createContextFactory(world: NodeWorld): ContextFactory {
  // Of this process: a run whose steps are carried out by several may read as much by each.
  const scopeOf = createRunScopes()
  return async (call, scope): Promise<NodeContext> => {
    const { runId, trigger } = call.context
    const { stepId } = call
    const { signal } = scope
    const scopeOfAction = async () => {
      const run = await world.db.runs.get(runId)
      const runbook = run?.plan.runbook.name ?? null
      return { runId, stepId, runbook, excludes: run?.plan.excludes ?? [], requestedBy: trigger.by, asOf: call.asOf }
    }
    return {
      runId,
      stepId,
      asOf: call.asOf,
      data: dataOfRun(await world.data(), { scope: scopeOf(runId), signal }),
      changes: { between: (from, to) => world.db.changes.between(from, to) },
      alerts: {
        current: (since) => world.db.alerts.current(since),
        async decide({ decisions, groups }) {
          const told = decisions.flatMap(({ id, action }) => (action === 'page' ? [id] : []))
          await liftSilences(told, world, trigger.by)
          await world.db.alerts.decide(decisions, { runId, at: Date.now(), groups })
        },
        async silenceable() {
          if (!(await world.db.settings.alertSuppression()).on) return []
          const connections = await world.db.connections.list()
          return connections.flatMap(({ kind, name }) => (kind === 'alertmanager' ? [name] : []))
        },
        silenced: (alertId, { actionId, until }) =>
          world.db.alerts.setSilence(alertId, { id: actionId, until, link: `/actions/${actionId}` }),
        linkOf: (alertId) => `${world.publicUrl ?? ''}/alerts/${encodeURIComponent(alertId)}`,
      },
      actions: {
        async plan(request) {
          const whose = { ...(await scopeOfAction()), key: `${runId}/${stepId}` }
          if (!isDryRun(call.context)) return planAction(request, world.actions, { ...whose, signal })
          // All that an action goes through but the call, on record like one.
          const input = { ...whose, request, approvedHash: null, approvedBy: null, dryRun: true }
          return (await applyAction(input, world.actions, signal)).plan
        },
        async apply(request, { key, approvedHash }) {
          const input = { ...(await scopeOfAction()), request, key, approvedHash, approvedBy: call.approvedBy }
          const action = await applyAction(input, world.actions, signal)
          // Its lease waits for nothing now.
          if (action.status === 'not-done' || action.status === 'refused') await world.leases.actionNotDone(action.id)
          return appliedAction(action, await refusalOf(action, world))
        },
      },
      inbox: { post: (item) => world.db.inbox.post(item) },
      webhook: {
        post: (connection, body, key) => postWebhook(world.db.connections, { connection, body, key, signal }),
      },
      events: {
        async emit(name, payload, key) {
          const emitted = await emitEvent(world.db, call.context, { name, payload, key })
          if (!emitted.ok)
            throw new StepFailure({ code: emitted.code, message: emitted.message, fix: emitted.fix, retryable: false })
        },
      },
      signal,
      heartbeat: (detail) => scope.heartbeat(detail),
    }
  }
}

/** What people are told of must reach them on every way: a silence of its time as noise is put back at once. */
async function liftSilences(alertIds: readonly string[], { db, leases }: NodeWorld, by: string): Promise<void> {
  if (alertIds.length === 0) return
  const silences = (await db.actions.list({ state: 'open' })).filter(({ kind }) => kind === 'silence')
  for (const { id, request } of silences) {
    if (request.kind !== 'silence' || !alertIds.includes(request.alert)) continue
    // Its lease goes on trying, and the silence ends by itself within the half hour.
    await leases.revertNow(id, { by, reason: 'run' }).catch(() => undefined)
    await db.alerts.setSilence(request.alert, null)
  }
}

/** Why the ledger says that it was refused; null when it was not. */
async function refusalOf(action: LedgerAction, world: NodeWorld): Promise<string | null> {
  if (action.status !== 'refused') return null
  const event = (await world.db.actions.events(action.id)).findLast(({ kind }) => kind === 'refused')
  const { message, title } = event?.detail ?? {}
  if (typeof message === 'string') return message
  return typeof title === 'string' ? `Another action holds the target: ${title}.` : 'It was refused.'
}

function appliedAction(action: LedgerAction, refusal: string | null): AppliedAction {
  const { id: actionId, status, leaseUntil } = action
  const common = {
    actionId,
    leaseUntil: leaseUntil === null ? null : new Date(leaseUntil).toISOString(),
    verification: action.verification ?? [],
  }
  switch (status) {
    case 'done':
      return { ...common, status: 'done', detail: action.title }
    case 'reverting':
    case 'reverted':
    case 'expired':
    case 'kept':
      return { ...common, status: 'done', detail: `${action.title}; it is ${status} already` }
    case 'not-done':
      return { ...common, status, detail: 'The target is as it was found: nothing was changed.' }
    case 'unknown':
      return { ...common, status, detail: 'What the call did is not known. A person has to look at the target.' }
    case 'refused':
      return { ...common, status, detail: refusal ?? 'It was refused.' }
    case 'rehearsed':
      return { ...common, status: 'done', detail: `${action.title}: rehearsed, nothing was changed` }
    case 'planned':
    case 'approved':
    case 'intended':
      throw new StepFailure({
        code: 'action-unsettled',
        message: `The action stands at "${status}" after it was carried out.`,
        fix: 'Open the action in the ledger; the reconciler settles it within a minute.',
        retryable: true,
      })
  }
}
