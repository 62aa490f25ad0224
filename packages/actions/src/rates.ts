/** How many actions are too many: over all, of a runbook, on a target, of one kind on one target, and failed ones of one run. */
import { isRecent, type ClaimFacts, type NewLedgerAction, type RecentAction, type Refusal } from './ledger.ts'
import type { ActionPolicy, Rate } from './policy.ts'
import type { ActionKind } from './request.ts'

/** They only tell people something. A storm of them must not use up what repairs are counted by, nor the other way round. */
const telling: readonly ActionKind[] = ['silence', 'incident']

/** Over all, per runbook, per target. The ledger is the bucket, so a restart forgets nothing. */
export function tooManyActions(wanted: NewLedgerAction, facts: ClaimFacts, { rates }: ActionPolicy): Refusal | null {
  const alike = facts.recent.filter(({ kind }) => telling.includes(kind) === telling.includes(wanted.kind))
  return (
    over(rates.target, wanted, facts, { on: wanted.target, actions: alike.filter(sameTarget(wanted)) }) ??
    (wanted.runbook === null
      ? null
      : over(rates.runbook, wanted, facts, {
          on: `runbook ${wanted.runbook}`,
          actions: alike.filter(({ runbook }) => runbook === wanted.runbook),
        })) ??
    over(rates.all, wanted, facts, { on: 'all targets together', actions: alike })
  )
}

function over(
  rate: Rate,
  wanted: NewLedgerAction,
  facts: ClaimFacts,
  { on, actions }: { on: string; actions: RecentAction[] },
): Refusal | null {
  if (!rate) return null
  const count = within(rate, wanted, facts, actions).length
  if (count < rate.count) return null
  return {
    code: 'too-many-actions',
    message: `Suppressed: ${count} actions on ${on} within ${span(rate.seconds)}, and at most ${rate.count} are allowed.`,
    fix: 'Wait, or let an admin raise the rate at Settings, Actions.',
  }
}

/** The same thing on the same target again and again does not help, and may be the harm itself. */
export function flapping(wanted: NewLedgerAction, facts: ClaimFacts, { flap }: ActionPolicy): Refusal | null {
  if (!flap) return null
  const same = facts.recent.filter(({ kind }) => kind === wanted.kind).filter(sameTarget(wanted))
  const count = within(flap, wanted, facts, same).length
  if (count < flap.count) return null
  return {
    code: 'flapping',
    message: `${wanted.kind} on ${wanted.target} was done ${count} times within ${span(flap.seconds)}: once more will not help.`,
    fix: 'Look at the target yourself; the next is allowed when the oldest of these is that long ago.',
  }
}

/** What failed twice in one run will fail the third time. */
export function tooManyFailures(
  wanted: NewLedgerAction,
  facts: ClaimFacts,
  { failures }: ActionPolicy,
): Refusal | null {
  const { runId } = wanted
  if (!failures || runId === null) return null
  const failed = facts.recent.filter((action) => action.runId === runId).filter(hasFailed)
  const count = within(failures, wanted, facts, failed).length
  if (count <= failures.count) return null
  return {
    code: 'stopped-by-threshold',
    message: `${count} actions of this run failed, and at most ${failures.count} may.`,
    fix: 'See why they failed before you run it again.',
  }
}

/** It was tried and did not end as meant. */
export function hasFailed({ status }: Pick<RecentAction, 'status'>): boolean {
  return status === 'not-done' || status === 'unknown'
}

function within(
  { seconds }: { seconds: number },
  wanted: NewLedgerAction,
  { now }: ClaimFacts,
  actions: RecentAction[],
): RecentAction[] {
  const since = now - seconds * 1000
  // The clock of the ledger may step back: what is later than now counts too.
  return actions.filter(({ key, status, createdAt }) => key !== wanted.key && isRecent(status) && createdAt > since)
}

function sameTarget(wanted: NewLedgerAction) {
  return ({ target }: RecentAction): boolean => target === wanted.target
}

function span(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
