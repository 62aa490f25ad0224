/** The kill switch in words: what is stopped, and what its button says. Pure. */
import type { Outputs } from '../ui/api.tsx'
import { actionKindWord } from '../ui/action-kinds.ts'

export type Stop = Outputs['writes']['stops'][number]
export type StopScope = Stop['holdsFor']
export type ScopeOf = StopScope['of']

/**
 * `unknown`: it could not be asked, now or since some time. It is never told as allowed. `loading`: nothing is known yet, and nothing is wrong.
 */
export type WritesState = 'loading' | 'allowed' | 'stopped-in-part' | 'stopped' | 'unknown'

/** @param stops the newest that is known; undefined: none was read. */
export function writesState(stops: readonly Stop[] | undefined, failed: boolean): WritesState {
  if (failed) return 'unknown'
  if (stops === undefined) return 'loading'
  if (stops.length === 0) return 'allowed'
  return stops.some(({ holdsFor }) => holdsFor.of === 'all') ? 'stopped' : 'stopped-in-part'
}

/** What the button of the header says. */
export function writesWord(state: WritesState): string {
  switch (state) {
    case 'loading':
    case 'allowed':
      return 'Stop all writes'
    case 'stopped':
      return 'Writes stopped'
    case 'stopped-in-part':
      return 'Writes stopped in part'
    case 'unknown':
      return 'Writes: state unknown'
  }
}

/** Of whom or what, to stand after "writes" and "by": "runbook payment-drop". */
export function scopeWords(scope: StopScope): string {
  switch (scope.of) {
    case 'all':
      return 'everything'
    case 'connection':
      return `connection ${scope.connection}`
    case 'target':
      return `target ${scope.target}`
    case 'kind':
      return `kind “${actionKindWord(scope.kind)}”`
    case 'runbook':
      return `runbook ${scope.runbook}`
  }
}

/** The same of a scope as it is stored: `runbook:payment-drop` -> "runbook payment-drop". */
export function scopeTextWords(text: string): string {
  const colon = text.indexOf(':')
  if (colon < 0) return text === 'all' ? 'everything' : text
  const [of, name] = [text.slice(0, colon), text.slice(colon + 1)]
  return of === 'kind' ? `kind “${actionKindWord(name)}”` : `${of} ${name}`
}

/** As the server reads it (packages/actions `parseStopScope`); null while nothing is chosen. */
export function scopeText(of: ScopeOf, name: string): string | null {
  if (of === 'all') return 'all'
  return name === '' ? null : `${of}:${name}`
}

/** What the button that stops says. */
export function stopVerb(of: ScopeOf, name: string): string {
  switch (of) {
    case 'all':
      return 'Stop all writes'
    case 'connection':
    case 'target':
      return name === '' ? 'Stop writes' : `Stop writes to ${name}`
    case 'runbook':
      return name === '' ? 'Stop writes' : `Stop writes of ${name}`
    case 'kind':
      return name === '' ? 'Stop writes' : `Stop “${actionKindWord(name)}”`
  }
}
