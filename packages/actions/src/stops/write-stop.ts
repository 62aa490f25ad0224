/** The kill switch: what is stopped, and whether an action is. Pure. */
import { ActionError } from '../action-error.ts'
import type { WriteScope, WritesStop } from '../deps.ts'
import { splitTarget, targetsOverlap } from '../ledger.ts'
import { actionKind, type ActionKind } from '../request.ts'

/** What a stop holds for. */
export type StopScope =
  | { of: 'all' }
  /** Every target of it. */
  | { of: 'connection'; connection: string }
  /** `<connection>/<backend>`. */
  | { of: 'target'; target: string }
  | { of: 'kind'; kind: ActionKind }
  | { of: 'runbook'; runbook: string }

export interface WriteStop extends WritesStop {
  /** As `stopScopeText` writes it; there is one stop a scope. */
  scope: string
}

/** `all`, `connection:shop-edge`, `target:shop-edge/payment`, `kind:scale`, `runbook:payment-down`. */
export function stopScopeText(scope: StopScope): string {
  switch (scope.of) {
    case 'all':
      return 'all'
    case 'connection':
      return `connection:${scope.connection}`
    case 'target':
      return `target:${scope.target}`
    case 'kind':
      return `kind:${scope.kind}`
    case 'runbook':
      return `runbook:${scope.runbook}`
  }
}

/** @throws ActionError `bad-request` for what is no scope. */
export function parseStopScope(text: string): StopScope {
  const colon = text.indexOf(':')
  const [of, name] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (of === 'all' && colon < 0) return { of }
  if (name.trim() === name && name !== '' && name.length <= 300) {
    if (of === 'connection' && !name.includes('/')) return { of, connection: name }
    if (of === 'target' && splitTarget(name).every((part) => part !== '')) return { of, target: name }
    if (of === 'runbook') return { of, runbook: name }
    const kind = actionKind.safeParse(name)
    if (of === 'kind' && kind.success) return { of, kind: kind.data }
  }
  throw new ActionError('bad-request', `"${text}" is nothing that can be stopped.`, {
    fix: `Write all, connection:<name>, target:<connection>/<backend>, runbook:<name> or kind:<${actionKind.options.join('|')}>.`,
  })
}

/** Whether a stop holds for an action. A stop that says nothing readable holds for all. */
export function stopHolds(stop: Pick<WriteStop, 'scope'>, action: WriteScope): boolean {
  let scope: StopScope
  try {
    scope = parseStopScope(stop.scope)
  } catch {
    return true
  }
  switch (scope.of) {
    case 'all':
      return true
    case 'connection':
      return splitTarget(action.target)[0] === scope.connection
    case 'target':
      return targetsOverlap(scope.target, action.target)
    case 'kind':
      return action.kind === scope.kind
    case 'runbook':
      return action.runbook === scope.runbook
  }
}

/** The widest stop that holds for an action, for people to read; null when none does. */
export function stopOf(stops: readonly WriteStop[], action: WriteScope): WriteStop | null {
  const holding = stops.filter((stop) => stopHolds(stop, action))
  return holding.find(({ scope }) => scope === 'all') ?? holding[0] ?? null
}
