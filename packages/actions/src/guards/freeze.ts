/** Nothing is changed while a calendar is closed, unless two people agreed on an exception. Putting back is never frozen. */
import { messageOf } from '../action-error.ts'
import { closedFor, isLifted } from '../calendar/freeze-calendar.ts'
import type { GuardCheck } from './guard.ts'

const name = 'Calendars are open'

export const freeze: GuardCheck = async ({ scope }, deps) => {
  // Who composes no calendars has none; the worker always does.
  if (!deps.freezes || !(await deps.policy()).freeze.required) return null
  try {
    const { calendars, exceptions } = await deps.freezes()
    const at = await deps.ledger.now()
    const closed = closedFor(calendars, scope, at)
    const [frozen] = closed.filter((calendar) => !isLifted(calendar, exceptions, at))
    if (frozen)
      return { name, pass: false, detail: `${frozen.name} is closed now (${frozen.timeZone}): ${frozen.reason}` }
    const lifted = closed.map((calendar) => calendar.name).join(', ')
    return { name, pass: true, detail: lifted ? `An exception holds for ${lifted}` : 'None is closed for it now' }
  } catch (error) {
    return {
      name,
      pass: false,
      detail: `The calendars could not be read (${messageOf(error)}), so they count as closed`,
    }
  }
}
