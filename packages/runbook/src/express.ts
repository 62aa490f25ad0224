/** Express runs: in one process, without a durable workflow. Which runbooks may, and what they give up. */
import type { Catalogue, Effect } from './catalogue.ts'
import type { Problem, RunbookDocument } from './document.ts'
import type { Plan } from './plan.ts'
import { findNodeType } from './scope.ts'

/** What people are told before they choose it. */
export const expressGivesUp =
  'If the process dies, the run is lost and its caller is told so; it is not taken up again. Its steps are shown when it has ended, not while it runs.'

/** Why a step of this effect needs a durable run; null when it does not. */
function needsDurable(effect: Effect): string | null {
  switch (effect) {
    case 'compute':
    case 'read':
    case 'each':
    case 'repeat':
    case 'stop':
      return null
    case 'write':
      return 'changes the outside'
    case 'approve':
      return 'waits for people'
    case 'wait':
    case 'event':
      return 'waits'
    case 'child':
      return 'runs another runbook'
  }
}

/** Whether a plan may run as express; the reasons name the steps that stand against it. */
export function qualifiesForExpress(
  plan: Pick<Plan, 'steps' | 'concurrency'>,
): { ok: true } | { ok: false; reasons: string[] } {
  const reasons = plan.steps.flatMap(({ title, effect }) => {
    const reason = needsDurable(effect)
    return reason === null ? [] : [`"${title}" ${reason}.`]
  })
  if (plan.concurrency) reasons.push('It has a concurrency key.')
  return reasons.length === 0 ? { ok: true } : { ok: false, reasons }
}

/** Problems of a document that asks to be express and cannot. */
export function expressProblems(document: RunbookDocument, catalogue: Catalogue): Problem[] {
  if (!document.express) return []
  const fix = 'Remove "express: true", or this.'
  const problems = Object.entries(document.nodes).flatMap(([id, node]): Problem[] => {
    const nodeType = findNodeType(catalogue, node.type)
    const reason = nodeType && needsDurable(nodeType.effect)
    if (!nodeType || reason === null) return []
    const message = `An express runbook cannot have "${node.title ?? nodeType.title}": it ${reason}.`
    return [{ code: 'express-needs-durable', severity: 'error', message, fix, path: ['nodes', id, 'type'] }]
  })
  if (!document.concurrency) return problems
  const message = 'An express runbook cannot have a concurrency key: nothing would remember it.'
  return [...problems, { code: 'express-needs-durable', severity: 'error', message, fix, path: ['concurrency'] }]
}
