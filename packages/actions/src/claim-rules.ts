/** What forbids an action because of others in the ledger. Pure, and judged in the claim's transaction, so that no two claims pass by each other. */
import { blockingAction, type ClaimFacts, type ClaimRules, type NewLedgerAction, type Refusal } from './ledger.ts'
import type { ActionPolicy } from './policy.ts'

type ClaimRule = (wanted: NewLedgerAction, facts: ClaimFacts, policy: ActionPolicy) => Refusal | null

const rules: ClaimRule[] = [targetBusy]

/** The rules for one action under a policy. */
export function claimRules(wanted: NewLedgerAction, policy: ActionPolicy): ClaimRules {
  return {
    recentSeconds: 0,
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
