/** Steps that ask people: who may say yes, how many must, and what they saw when they did. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow'
import { type Retry, askPeople, planActions } from './activity-calls.ts'
import { checkInput, durationSeconds, isDuration, isObject, isText, isWhole, readParams } from './input.ts'
import { type Decision, decideApproval, openQuestions } from './messages.ts'
import type { ActionPlan, ApproveInput, Question } from './question.ts'
import type { RunningFlow } from './running-flow.ts'
import type { Step } from './step.ts'

export interface ApproveOutput {
  by: string | null
  comment: string
  at: string
  hashes: string[]
  approvals: { by: string; at: string; comment: string }[]
  form: Record<string, any>
}

interface Yes {
  by: string
  at: string
  comment: string
  form: Record<string, unknown>
}

interface Open {
  step: Step
  input: ApproveInput
  plans: ActionPlan[]
  yes: Yes[]
  expiresAt: string
}

/** What each run asks, by the step's key. */
const openOf = new WeakMap<RunningFlow, Map<string, Open>>()
/** Which plans people approved, by the approve step. */
const approvedPlans = new WeakMap<Step, ActionPlan[]>()

export function beginApproval(
  flow: RunningFlow,
  step: Step,
  options: { guards?: readonly string[]; timeoutSeconds: number; retry: Retry },
): Step[] {
  if (!checkApproveInput(flow, step)) return []
  const guarded = guardsOf(step, options.guards)
  if (guarded.length === 0) {
    ask(flow, step, [])
    return []
  }
  let actions: { step: string; title: string; input: Record<string, unknown> }[]
  try {
    actions = guarded.map((write) => ({ step: write.key, title: write.title, input: write.resolve() }))
  } catch (error) {
    flow.fail(step, 'expression-failed', error instanceof Error ? error.message : String(error))
    return []
  }
  flow.plan(
    step,
    () => planActions(step, options)(actions, flow.callOf(step)),
    (plans) => {
      // One plan a write, in the order of the writes.
      const found = guarded.flatMap((write) => plans.find((plan) => plan.step === write.key) ?? [])
      if (found.length === guarded.length) ask(flow, step, found)
      else
        flow.fail(
          step,
          'plan-missing',
          `${guarded.length} actions were to be planned and ${found.length} plans came back.`,
        )
      flow.settle(flow.afterEndIfEnded(step))
    },
  )
  return []
}

/** The writes that `approved` leads to directly. */
function guardsOf(step: Step, ids?: readonly string[]): Step[] {
  if (ids) return ids.map((id) => step.scope.find(id))
  const leads = step.scope
    .leadsTo(step)
    .filter((to) => to.after.some(({ from, on }) => from === step && on === 'approved'))
  return [...new Set(leads)].filter((to) => to.writes)
}

/** The hash that people approved for this write; undefined when nobody was asked. */
export function approvedHashOf(step: Step): string | undefined {
  for (const { from } of step.after) {
    if (from.outcome !== 'approved') continue
    const plan = approvedPlans.get(from)?.find((one) => one.step === step.key)
    if (plan) return plan.hash
  }
  return undefined
}

function checkApproveInput(flow: RunningFlow, step: Step): boolean {
  const input = checkInput(flow, step, {
    question: (value) => isText(value) && value !== '',
    expiresAfter: (value = '15m') => isDuration(value) && isWhole(durationSeconds(value), 1, 7 * 86_400),
    onExpiry: (value = 'expire') => value === 'expire' || value === 'reject',
    approvals: (value = 1) => isWhole(value, 1, 20),
    approvers: (value = []) => Array.isArray(value) && value.length <= 100 && value.every(isText),
    allowRequester: (value = false) => typeof value === 'boolean',
    form: (value = {}) => isObject(value),
  })
  return input !== null
}

function ask(flow: RunningFlow, step: Step, plans: ActionPlan[]): void {
  const input = step.input as unknown as ApproveInput
  const seconds = durationSeconds(input.expiresAfter ?? '15m')
  const expiresAt = new Date(Date.now() + seconds * 1000).toISOString()
  const open: Open = { step, input, plans, yes: [], expiresAt }
  step.status = 'waiting'
  openOf.get(flow)?.set(step.key, open)
  // A page that does not reach anyone must not end the run: the question stays open.
  flow.hold(askPeople(questionOf(flow, open)).catch(() => undefined))
  flow.startTimer(`approval:${step.key}`, { seconds, step }, () => {
    end(flow, open, { outcome: input.onExpiry === 'reject' ? 'rejected' : 'expired', by: null, comment: '' })
    return flow.afterEnd(step)
  })
}

function questionOf(flow: RunningFlow, { step, input, plans, expiresAt }: Open): Question {
  return { runId: flow.info.id, step: step.key, title: step.title, input, plans, expiresAt }
}

/** The messages that ask for and answer the questions of a run. */
export function listenForDecisions(flow: RunningFlow): void {
  const all = new Map<string, Open>()
  openOf.set(flow, all)
  const questions = (): Open[] => [...all.values()].filter(({ step }) => step.status === 'waiting')
  setHandler(openQuestions, () => questions().map((open) => questionOf(flow, open)))
  setHandler(decideApproval, (decision) => flow.turn(() => decide(flow, all.get(decision.step), decision)), {
    validator: (decision) => {
      const refusal = refuse(flow, all.get(decision.step), decision)
      if (refusal) throw ApplicationFailure.nonRetryable(refusal.message, refusal.code)
    },
  })
}

function decide(flow: RunningFlow, open: Open | undefined, decision: Decision): void {
  if (!open || refuse(flow, open, decision)) return
  const { by, comment = '' } = decision
  if (decision.decision === 'approved') {
    const form = readParams(open.input.form ?? {}, decision.form)
    open.yes.push({ by, at: new Date(Date.now()).toISOString(), comment, form })
    if (open.yes.length < (open.input.approvals ?? 1)) return
    approvedPlans.set(open.step, open.plans)
  }
  end(flow, open, { outcome: decision.decision, by, comment })
  flow.settle(flow.afterEnd(open.step))
}

/** Why a decision does not count; null when it does. */
function refuse(flow: RunningFlow, open: Open | undefined, given: Decision): { code: string; message: string } | null {
  const no = (code: string, message: string) => ({ code, message })
  if (!open || open.step.status !== 'waiting')
    return no('no-such-waiting-step', `Nobody is asked by "${given.step}" now.`)
  const planned = open.plans.map(({ hash }) => hash).sort()
  const seen = [...given.hashes].sort()
  if (planned.length !== seen.length || planned.some((hash, index) => hash !== seen[index]))
    return no('plan-changed', 'The plans are not those that this decision is about.')
  // Anyone who may decide can say no; only a yes is bound to certain people.
  if (given.decision === 'rejected') return null
  const { allowRequester = false, approvers = [], form = {} } = open.input
  if (!allowRequester && given.by === flow.trigger.by)
    return no('requester-may-not-approve', 'Whoever started the run may not approve it.')
  if (approvers.length > 0 && !approvers.includes(given.by))
    return no('not-an-approver', `${given.by} may not approve this.`)
  if (open.yes.some(({ by }) => by === given.by)) return no('already-decided', `${given.by} has said yes already.`)
  try {
    readParams(form, given.form)
    return null
  } catch (error) {
    return no('form-invalid', error instanceof Error ? error.message : String(error))
  }
}

function end(
  flow: RunningFlow,
  { step, plans, yes }: Open,
  { outcome, by, comment }: { outcome: 'approved' | 'rejected' | 'expired'; by: string | null; comment: string },
): void {
  const output: ApproveOutput = {
    by,
    comment,
    at: new Date(Date.now()).toISOString(),
    hashes: plans.map(({ hash }) => hash),
    approvals: yes.map((one) => ({ by: one.by, at: one.at, comment: one.comment })),
    form: yes.at(-1)?.form ?? {},
  }
  const who = outcome === 'approved' ? yes.map((one) => one.by).join(', ') : by
  const summary =
    who === null ? 'Nobody decided in time' : `${outcome === 'approved' ? 'Approved' : 'Rejected'} by ${who}`
  flow.finish(step, { outcome, output, summary })
}
