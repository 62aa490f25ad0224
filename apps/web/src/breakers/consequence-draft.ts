/** What a new breaker does on a breach, as it is chosen. Pure. */
import { type ScopeOf, scopeText } from '../writes/stop-words.ts'
import type { OnBreach } from './breaker-words.ts'

/** `name` of a scope, a run or a connection is empty until one is chosen. */
export interface ConsequenceDraft {
  kind: OnBreach['kind']
  of: ScopeOf
  name: string
}

export const firstConsequence: ConsequenceDraft = { kind: 'tell', of: 'runbook', name: '' }

/** null while something is to be chosen. */
export function readConsequence({ kind, of, name }: ConsequenceDraft): OnBreach | null {
  const scope = scopeText(of, name)
  switch (kind) {
    case 'tell':
      return { kind }
    case 'revert':
    case 'stop-writes':
      return scope === null || (kind === 'revert' && scope === 'all') ? null : { kind, scope }
    case 'cancel-run':
      return name === '' ? null : { kind, runId: name }
    case 'webhook':
      return name === '' ? null : { kind, connection: name }
  }
}
