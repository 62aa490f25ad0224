/** A ledger row that nobody planned, for tests of what keeps, shows and ends them: a rate limit of a gateway's service. */
import { splitTarget, type NewLedgerAction } from '../src/ledger.ts'

/** @example await ledger.claim(newLimit({ key: 'run-1/limit', runbook: 'payment-drop' }), event, rules) */
export function newLimit(fields: Partial<NewLedgerAction> = {}): NewLedgerAction {
  const { target = 'edge/payment', title = 'Limit payment', planHash = 'sha256:p' } = fields
  const [, backend] = splitTarget(target)
  const intent = { kind: 'set-values', target: backend, values: { limit: 50 } } as const
  const revert = { ...intent, values: { limit: null } }
  const before = { target: backend, version: 'v1', instance: null, servers: [], values: { limit: null }, notes: {} }
  const shown = { stepId: 'limit', hash: planHash, title, target, diff: [], facts: [], guards: [], leaseSeconds: 60 }
  return {
    key: 'k',
    runId: null,
    stepId: null,
    runbook: null,
    target,
    driver: 'http-edge',
    title,
    kind: 'rate-limit',
    planHash,
    approvedHash: null,
    approvedBy: null,
    requestedBy: 'user:ana',
    request: { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 50, leaseSeconds: 60 },
    intent,
    revert,
    before,
    plan: { ...shown, intent, waves: [intent], revert, before, asOf: null },
    ...fields,
  }
}
