/** Under which settings the kill switch is stored: one row a scope, so that a stop and a resume are one statement each. */
export const writesKey = 'writes-stopped'

/** @param scope as packages/actions `stopScopeText` writes it. */
export function stopKey(scope: string): string {
  return scope === 'all' ? writesKey : `${writesKey}:${scope}`
}
