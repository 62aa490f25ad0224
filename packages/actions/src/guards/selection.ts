/** An action names what it acts upon. Nothing at all, or "everything", is refused: it is what a selection becomes when it was not resolved. */
import { partsOfIntent } from '../read-back.ts'
import type { ActionRequest } from '../request.ts'
import type { GuardCheck } from './guard.ts'

const name = 'It says what it acts upon'

export const selection: GuardCheck = async ({ request, intent }) => {
  const vague = namesOf(request).find(({ text }) => !isName(text))
  if (vague)
    return {
      name,
      pass: false,
      detail: `${vague.field} is "${vague.text}", which names nothing${vague.text.includes('*') ? ' in particular' : ''}`,
    }
  const parts = [...partsOfIntent(intent).keys()]
  if (parts.length === 0) return { name, pass: false, detail: 'Nothing was found to act upon' }
  return { name, pass: true, detail: parts.length <= 5 ? parts.join(', ') : `${parts.length} parts` }
}

/** Whether it can be the name of one thing: no wildcard, and not what an empty value becomes as text. */
export function isName(text: string): boolean {
  return (
    text.trim() !== '' && !text.includes('*') && !['null', 'undefined', 'NaN', '[object Object]'].includes(text.trim())
  )
}

function namesOf(request: ActionRequest): { field: string; text: string }[] {
  const of = (field: string, text: string | undefined) => (text === undefined ? [] : [{ field, text }])
  switch (request.kind) {
    case 'traffic-switch': {
      const { entity, hosts, fromZone, toZone } = request
      if (!hosts) return [...of('Entity', entity), ...of('From zone', fromZone), ...of('To zone', toZone)]
      return [
        ...of('Entity', entity),
        ...hosts.flatMap((host) => of('A host', host)),
        ...(hosts.length === 0 ? of('Hosts', '') : []),
      ]
    }
    case 'rate-limit':
      return [...of('Entity', request.entity), ...of('Route', request.route), ...of('Caller', request.caller)]
    case 'feature':
      return [...of('Connection', request.connection), ...of('Feature', request.feature)]
    case 'scale':
    case 'restart':
    case 'roll-back':
      return of('Entity', request.entity)
    case 'drain-node':
      return [...of('Connection', request.connection), ...of('Node', request.node)]
    case 'silence':
      return [
        ...of('Connection', request.connection),
        ...request.matchers.map(({ name: label, value }) => ({ field: `Label ${label}`, text: value })),
      ]
    case 'incident':
      return [...of('Connection', request.connection), ...of('Key', request.key)]
    case 'statement':
      return of('Connection', request.connection)
  }
}
