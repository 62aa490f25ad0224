/** Planning: from what is wanted and what the target looks like to an absolute intent, its effect in numbers, and the guards. */
import { contentHash } from '@tenon/runbook'
import { claimRules } from './claim-rules.ts'
import type { ActionDeps, ActionTarget } from './deps.ts'
import type { PlannedAction, TargetState } from './driver.ts'
import { expectedEffects } from './expected-effects.ts'
import { judgeGuards } from './guards/index.ts'
import type { Guard, GuardSubject } from './guards/guard.ts'
import type { NewLedgerAction } from './ledger.ts'
import { minutes, type Draft, type Traffic } from './plans/draft.ts'
import { planDrain } from './plans/drain-node.ts'
import { planFeature } from './plans/feature.ts'
import { planIncident } from './plans/incident.ts'
import { planLimit } from './plans/rate-limit.ts'
import { planRestart } from './plans/restart.ts'
import { planRollBack } from './plans/roll-back.ts'
import { planScale } from './plans/scale.ts'
import { planSilence } from './plans/silence.ts'
import { planStatement, statementIntent } from './plans/statement.ts'
import { planSwitch } from './plans/traffic-switch.ts'
import { leaseSecondsOf, type ActionRequest } from './request.ts'
import { watch } from './traffic.ts'

/** Whose action it is. */
export interface ActionScope {
  /** Idempotency key: `<run id>/<step id>`. */
  key: string
  runId: string | null
  stepId: string | null
  /** Name of the runbook; null when a person asks. */
  runbook: string | null
  /** Runbooks that it excludes, by its own document. */
  excludes?: string[]
  /** `user:<id>`, `token:<id>`, `system`, or a person's address. */
  requestedBy: string
  /** Unix ms: when what it is decided on was true; null when nobody says. */
  asOf: number | null
}

/**
 * Plans without changing anything: observes the target, makes the intent absolute, says what it would do and whether it may.
 * A plan with a failing guard is shown to people and refused by `applyAction`.
 *
 * The hash covers the request, the intent, and what was found of the parts that can be set: any change of them voids an approval. Rates and
 * health are not in it; the guards judge those again before the action is applied.
 *
 * @throws ActionError `target-unreachable`, `unknown-target`, `bad-answer`, `bad-request`.
 */
export async function planAction(request: ActionRequest, deps: ActionDeps, scope: PlanScope): Promise<PlannedAction> {
  return (await planOn(request, deps, scope)).plan
}

type PlanScope = ActionScope & { approved?: boolean; signal?: AbortSignal }

export interface Planned {
  plan: PlannedAction
  /** Name of the driver that observed the target. */
  driver: string
}

/** As `planAction`, with what a claim needs besides. */
export async function planOn(request: ActionRequest, deps: ActionDeps, scope: PlanScope): Promise<Planned> {
  const target = await deps.targets.of(request)
  const traffic = await trafficOf(request, target, deps, scope.signal)
  const { state } = traffic
  const draft = await draftOf(request, { target, traffic, deps })
  const effects = await expectedEffects(request, { intent: draft.intent, traffic, deps }, scope.signal)
  const name = `${target.connection}/${target.backend}`
  const leaseSeconds = draft.revert === null ? null : leaseSecondsOf(request)
  const plan = {
    stepId: scope.stepId ?? '',
    title: draft.title,
    target: name,
    diff: draft.diff,
    facts: [...draft.facts, lastingFact(leaseSeconds)],
    ...(effects.length > 0 ? { effects } : {}),
    intent: draft.intent,
    waves: draft.waves && draft.waves.length > 0 ? draft.waves : [draft.intent],
    revert: draft.revert,
    before: state,
    asOf: scope.asOf,
    ...(scope.excludes && scope.excludes.length > 0 ? { excludes: scope.excludes } : {}),
    leaseSeconds: leaseSeconds ?? 0,
  }
  const hash = contentHash({ request, waves: plan.waves, revert: plan.revert, version: state.version })
  const subject = subjectOf(request, { scope, target: name, state, intent: draft.intent, moment: 'plan' })
  const general = await judgeGuards(subject, deps)
  const driver = target.driver.name
  const wanted = newAction({ ...plan, hash, guards: [] }, request, { ...scope, driver })
  const guards = [...draft.guards, ...general, await othersGuard(wanted, deps)]
  return { plan: { ...plan, hash, guards }, driver }
}

/** The row that would be claimed. */
export function newAction(
  plan: PlannedAction,
  request: ActionRequest,
  of: ActionScope & { driver: string; approvedHash?: string | null; approvedBy?: string | null },
): NewLedgerAction {
  return {
    key: of.key,
    runId: of.runId,
    stepId: of.stepId,
    runbook: of.runbook,
    target: plan.target,
    driver: of.driver,
    title: plan.title,
    kind: request.kind,
    planHash: plan.hash,
    approvedHash: of.approvedHash ?? null,
    approvedBy: of.approvedBy ?? null,
    requestedBy: of.requestedBy,
    request,
    intent: plan.intent,
    revert: plan.revert,
    before: plan.before,
    plan,
  }
}

/** What guards are asked about. */
export function subjectOf(
  request: ActionRequest,
  of: {
    scope: Pick<ActionScope, 'key' | 'runId' | 'runbook' | 'asOf'> & { approved?: boolean }
    target: string
    state: TargetState
    intent: PlannedAction['intent']
    moment: GuardSubject['moment']
  },
): GuardSubject {
  const { key, runId, runbook, asOf, approved = null } = of.scope
  return {
    moment: of.moment,
    scope: { target: of.target, kind: request.kind, runbook },
    request,
    key,
    runId,
    asOf,
    approved,
    intent: of.intent,
    state: of.state,
  }
}

/** Only kinds that move requests need their rates; the rest is looked at once. */
async function trafficOf(
  request: ActionRequest,
  { driver, backend }: ActionTarget,
  deps: ActionDeps,
  signal?: AbortSignal,
): Promise<Traffic> {
  if (request.kind === 'traffic-switch' || request.kind === 'rate-limit') return watch(driver, backend, deps, signal)
  const about = request.kind === 'statement' ? statementIntent(request, backend) : undefined
  return { state: await driver.observe(backend, signal, about), rates: new Map() }
}

async function draftOf(
  request: ActionRequest,
  of: { target: ActionTarget; traffic: Traffic; deps: ActionDeps },
): Promise<Draft> {
  switch (request.kind) {
    case 'traffic-switch':
      return planSwitch(request, of.target, of.traffic)
    case 'rate-limit':
      return planLimit(request, of.target, of.traffic)
    case 'silence':
      return planSilence(request, of.traffic.state, of.deps)
    case 'feature':
      return planFeature(request, of.traffic.state)
    case 'incident':
      return planIncident(request, of.traffic.state)
    case 'statement':
      return planStatement(request, of.traffic.state)
    case 'scale':
      return planScale(request, of.traffic.state, of.target.title)
    case 'restart':
      return planRestart(request, of.traffic.state, of.target.title)
    case 'roll-back':
      return planRollBack(request, of.traffic.state, of.target.title)
    case 'drain-node':
      return planDrain(request, of.traffic.state)
  }
}

/** The rules of a claim, judged without claiming: so that people see before they approve what would refuse it. */
async function othersGuard(wanted: NewLedgerAction, deps: ActionDeps): Promise<Guard> {
  const open = (await deps.ledger.list({ state: 'open' })).filter(({ key }) => key !== wanted.key)
  const rules = claimRules(wanted, await deps.policy())
  const recent = rules.recentSeconds > 0 ? await deps.ledger.recent(rules.recentSeconds) : []
  const refusal = rules.refuse({ now: await deps.ledger.now(), open, recent })
  return {
    name: 'No other action',
    pass: refusal === null,
    detail: refusal === null ? 'Nothing else moves it' : `${refusal.message} ${refusal.fix}`,
  }
}

function lastingFact(leaseSeconds: number | null): PlannedAction['facts'][number] {
  return leaseSeconds === null
    ? { label: 'reverts', value: 'not: it cannot be put back' }
    : { label: 'reverts', value: `by itself ${minutes(leaseSeconds)} after it is applied` }
}
