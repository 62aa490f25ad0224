/** What two actions must not do at the same time, though they touch different targets. */
import type { Intent, TargetState } from './driver.ts'
import { isOpen, type ClaimFacts, type LedgerAction, type NewLedgerAction, type Refusal } from './ledger.ts'
import type { ActionPolicy } from './policy.ts'

/**
 * One zone at a time, over all services: those of a chain call each other across zones, and the zone that is left has to be whole.
 * An action that only may be in effect (unknown, moving) counts as if it was.
 */
export function otherZone(wanted: NewLedgerAction, { open }: ClaimFacts, { interlocks }: ActionPolicy): Refusal | null {
  if (!interlocks.oneZone) return null
  const zones = zonesDrained(wanted.intent, wanted.before)
  if (zones.size === 0) return null
  if (zones.size > 1)
    return {
      code: 'interlocked',
      message: `It would take all traffic from zones ${[...zones].join(' and ')} at once.`,
      fix: 'Leave one zone at a time.',
    }
  const elsewhere = ({ intent, before }: LedgerAction): string[] =>
    [...zonesDrained(intent, before)].filter((zone) => !zones.has(zone))
  const other = others(wanted, open).find((action) => elsewhere(action).length > 0)
  if (!other) return null
  const drained = elsewhere(other).join(' and ')
  return {
    code: 'interlocked',
    message: `Zone ${drained} is drained by "${other.title}" (${other.target}), so zone ${[...zones].join('')} must stay.`,
    fix: 'Revert it first: two zones are never drained at the same time.',
  }
}

/** Runbooks that exclude each other: an admin declared it, or the document of either says so. */
export function excluded(wanted: NewLedgerAction, { open }: ClaimFacts, { interlocks }: ActionPolicy): Refusal | null {
  const { runbook } = wanted
  if (runbook === null) return null
  const groups = interlocks.excludes.filter((group) => group.includes(runbook))
  const excludes = (action: LedgerAction): boolean => {
    const other = action.runbook
    if (other === null || other === runbook) return false
    const declared = wanted.plan.excludes?.includes(other) || action.plan.excludes?.includes(runbook)
    return declared === true || groups.some((group) => group.includes(other))
  }
  const other = others(wanted, open).find(excludes)
  if (!other) return null
  return {
    code: 'interlocked',
    message: `Runbook ${runbook} and ${other.runbook} exclude each other, and its "${other.title}" is ${other.status}.`,
    fix: 'Wait until it is put back, or revert it.',
  }
}

function others({ key }: NewLedgerAction, open: readonly LedgerAction[]): LedgerAction[] {
  return open.filter((action) => action.key !== key && isOpen(action.status))
}

/**
 * Zones in which a backend has traffic before and none after. Servers whose zone is not known belong to none.
 *
 * @example zonesDrained({ kind: 'set-weights', target: 'pay', weights: { 'pay-a-1': 0 } }, before) // Set { 'A' }
 */
export function zonesDrained(intent: Intent, before: TargetState): Set<string> {
  if (intent.kind !== 'set-weights') return new Set()
  const touched = Map.groupBy(
    before.servers.filter((server) => server.zone !== '' && server.up && server.weight > 0),
    (server) => JSON.stringify([backendOf(server.name), server.zone]),
  )
  const drained = [...touched.values()].filter((servers) => servers.every(({ name }) => intent.weights[name] === 0))
  return new Set(drained.flatMap((servers) => servers.map(({ zone }) => zone)))
}

/** Under the target `*` a server's name is `<backend>/<server>`. */
function backendOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : ''
}
