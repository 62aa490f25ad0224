/** What forbids an action because of others in the ledger. Pure, and judged in the claim's transaction, so that no two claims pass by each other. */
import { excluded, otherZone } from './interlocks.ts'
import { blockingAction, type ClaimFacts, type ClaimRules, type NewLedgerAction, type Refusal } from './ledger.ts'
import type { ActionPolicy } from './policy.ts'
import { flapping, tooManyActions, tooManyFailures } from './rates.ts'

/** Null: it has nothing against the action. */
export type ClaimRule = (wanted: NewLedgerAction, facts: ClaimFacts, policy: ActionPolicy) => Refusal | null

/** In the order that people should hear of them: what is in the way now, then what is too much. */
const rules: ClaimRule[] = [targetBusy, otherZone, excluded, tooManyFailures, flapping, tooManyActions]

/** The rules for one action under a policy. */
export function claimRules(wanted: NewLedgerAction, policy: ActionPolicy): ClaimRules {
  const { rates, flap, failures } = policy
  return {
    recentSeconds: Math.max(0, ...[...Object.values(rates), flap, failures].map((rate) => rate?.seconds ?? 0)),
    refuse: (facts) => rules.map((rule) => rule(wanted, facts, policy)).find((refusal) => refusal !== null) ?? null,
  }
}

function targetBusy(wanted: NewLedgerAction, { open }: ClaimFacts): Refusal | null {
  const other = blockingAction(open, wanted)
  if (!other) return null
  return {
    code: 'target-busy',
    message: `"${other.title}" is ${other.status} on ${other.target}.`,
    fix: 'Revert or settle it first.',
  }
}
