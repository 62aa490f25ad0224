import { ActionError } from '../action-error.ts'

/** A host's zone by its id, from the model; names are never parsed for it. Null when the model does not know the host. */
export type ZoneOf = (host: string) => string | null

/**
 * Names go into commands and paths, so only these pass: letters, digits, `_ . : -`, at most 64.
 *
 * @throws ActionError `bad-request`.
 */
export function assertSafeName(name: string | undefined): asserts name is string {
  if (name !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(name)) return
  throw new ActionError('bad-request', `${JSON.stringify(name ?? '')} is not a name that may be sent to an edge.`, {
    fix: 'Use letters, digits and _ . : - only, at most 64 characters.',
  })
}

/** An edge has no alerts. */
export const noSilences = (): ActionError =>
  new ActionError('bad-request', 'An edge cannot silence alerts.', { fix: 'Name a connection of kind alertmanager.' })
