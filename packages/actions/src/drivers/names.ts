import { ActionError } from '../action-error.ts'
import type { Intent } from '../driver.ts'
import { safeName, safeNameFix } from '../safe-name.ts'

/** A host's zone by its id, from the model; names are never parsed for it. Null when the model does not know the host. */
export type ZoneOf = (host: string) => string | null

/**
 * Names go into commands and paths, so only these pass: letters, digits, `_ . : -`, at most 64.
 *
 * @throws ActionError `bad-request`.
 */
export function assertSafeName(name: string | undefined): asserts name is string {
  if (name !== undefined && safeName.test(name)) return
  throw new ActionError('bad-request', `${JSON.stringify(name ?? '')} is not a name that may be sent to an edge.`, {
    fix: safeNameFix,
  })
}

/** An intent that this kind of system has no way to carry out. */
export function cannotSet(system: string, intent: Intent): ActionError {
  const what = intent.kind === 'set-values' ? Object.keys(intent.values).join(', ') : intent.kind
  return new ActionError('bad-request', `${system} cannot set ${what}.`, {
    fix: 'Name a connection of a kind that can; docs/drivers.md lists what each sets.',
  })
}
