/** What an action is decided on must still be so: the alert fires, and the evidence is not old. */
import { messageOf } from '../action-error.ts'
import type { GuardCheck } from './guard.ts'

/** A run says as of when it looked; a person who asks for an action looks now, and says nothing. */
export const evidenceAge: GuardCheck = async ({ asOf }, deps) => {
  if (asOf === null) return null
  const { evidenceSeconds } = await deps.policy()
  const seconds = Math.round(((await deps.ledger.now()) - asOf) / 1000)
  return {
    name: 'Its evidence is fresh',
    pass: seconds <= evidenceSeconds,
    detail: `It is decided on what was so ${said(seconds)} ago, at most ${said(evidenceSeconds)}`,
  }
}

/** An alert that is over needs no action; one that cannot be looked up does not count as firing. */
export const alertStillFires: GuardCheck = async ({ request }, deps) => {
  const id = request.whileAlert
  if (id === undefined) return null
  const name = 'The alert still fires'
  try {
    if (!deps.alertFires) return { name, pass: false, detail: 'Alerts cannot be looked up here' }
    const fires = await deps.alertFires(id)
    return { name, pass: fires, detail: fires ? `${id} fires` : `${id} is over or not known: nothing is to be done` }
  } catch (error) {
    return { name, pass: false, detail: `Whether ${id} fires could not be read (${messageOf(error)})` }
  }
}

function said(seconds: number): string {
  if (seconds < 0) return '0 s'
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
