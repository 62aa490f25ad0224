import { messageOf } from '../action-error.ts'
import type { ActionDeps, WriteScope } from '../deps.ts'
import type { GuardCheck } from './guard.ts'

/** Names the guard in plans, and what it refuses is told apart by it. */
export const writesAllowed = 'Writes are allowed'

/** Why writes are stopped for it; null when they are not. A switch that cannot be read counts as stopped: fail closed. */
export async function stoppedBy(
  { target, kind, runbook }: WriteScope,
  deps: Pick<ActionDeps, 'writesStopped'>,
): Promise<string | null> {
  try {
    const stop = await deps.writesStopped({ target, kind, runbook })
    return stop && `${stop.by} stopped writes at ${new Date(stop.at).toISOString()}: ${stop.reason}`
  } catch (error) {
    return `Whether writes are stopped could not be read (${messageOf(error)}), so they count as stopped`
  }
}

export const killSwitch: GuardCheck = async ({ scope }, deps) => {
  const stopped = await stoppedBy(scope, deps)
  return { name: writesAllowed, pass: stopped === null, detail: stopped ?? 'Nobody stopped writes' }
}
