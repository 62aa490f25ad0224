import { messageOf } from '../action-error.ts'
import type { GuardCheck } from './guard.ts'

/** Whether writes are stopped. A switch that cannot be read counts as stopped: fail closed. */
export const killSwitch: GuardCheck = async ({ scope }, deps) => {
  const name = 'Writes are allowed'
  try {
    const stop = await deps.writesStopped(scope)
    if (!stop) return { name, pass: true, detail: 'Nobody stopped writes' }
    return {
      name,
      pass: false,
      detail: `${stop.by} stopped writes at ${new Date(stop.at).toISOString()}: ${stop.reason}`,
    }
  } catch (error) {
    const detail = `Whether writes are stopped could not be read (${messageOf(error)}), so they count as stopped`
    return { name, pass: false, detail }
  }
}
