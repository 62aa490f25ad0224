/** Opening and closing an incident: the record that people work by, in the system that keeps such. */
import type { TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import type { Draft } from './draft.ts'
import { planValues } from './values.ts'

type IncidentRequest = Extract<ActionRequest, { kind: 'incident' }>

/** One that was opened is closed when it is put back. One that was closed stays closed: nobody is to be called again by a lease that ran out. */
export function planIncident(request: IncidentRequest, state: TargetState): Draft {
  const { title, key } = request
  switch (request.state) {
    case 'open':
      return planValues(state, { incident: title }, { title: `Open incident ${key}: ${title}` })
    case 'closed': {
      const draft = planValues(state, { incident: null }, { title: `Close incident ${key}: ${title}` })
      return { ...draft, revert: null }
    }
  }
}
