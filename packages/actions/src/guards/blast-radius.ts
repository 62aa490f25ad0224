/** How much one action may touch, of the group as it is now. Too much is refused as a whole: a truncated action is one that nobody planned. */
import { backendOf } from '../capacity.ts'
import type { TargetState } from '../driver.ts'
import { percent } from '../plans/draft.ts'
import type { ActionPolicy } from '../policy.ts'
import type { Guard, GuardCheck } from './guard.ts'

type Limit = NonNullable<ActionPolicy['blastRadius']>

const name = 'Blast radius'

export const blastRadius: GuardCheck = async ({ intent, state }, deps) => {
  const { blastRadius: limit } = await deps.policy()
  if (!limit) return null
  switch (intent.kind) {
    case 'set-weights':
      return serversGuard(Object.keys(intent.weights), state, limit)
    case 'set-values': {
      const wanted = intent.values['replicas']
      const now = state.values['replicas']
      if (typeof wanted !== 'number' || typeof now !== 'number' || wanted >= now) return null
      return judge(now - wanted, now, { limit, what: 'replicas' })
    }
    case 'run-statement':
      return {
        name,
        pass: intent.maximumRows <= limit.rows,
        detail: `At most ${intent.maximumRows} rows, and ${limit.rows} are allowed`,
      }
    case 'set-silence':
      // Of one alert, which its own guards see to.
      return null
  }
}

/** All that the intent names count, also those that an earlier wave lowered. Under `*` each backend is a group of its own. */
function serversGuard(named: string[], state: TargetState, limit: Limit): Guard {
  const gone = named.filter((one) => !state.servers.some((server) => server.name === one))
  if (gone.length > 0) return { name, pass: false, detail: `${gone.join(', ')}: not there any more` }
  const groups = [...Map.groupBy(state.servers, (server) => backendOf(server, state.target)).values()]
  const judged = groups
    .map((servers) => ({ touched: servers.filter((server) => named.includes(server.name)).length, of: servers.length }))
    .filter(({ touched }) => touched > 0)
    .map(({ touched, of }) => judge(touched, of, { limit, what: 'servers' }))
  return (
    judged.find(({ pass }) => !pass) ?? judged[0] ?? { name, pass: false, detail: 'It touches no server that is there' }
  )
}

function judge(touched: number, of: number, { limit, what }: { limit: Limit; what: string }): Guard {
  // 0.3 * 10 is 3.0000000000000004 in some order of factors: whole numbers are compared.
  const allowed = Math.max(limit.servers, Math.floor(limit.share * of + 1e-9))
  return {
    name,
    pass: touched <= allowed,
    detail: `${touched} of ${of} ${what}, at most ${allowed} (${limit.servers} or ${percent(limit.share)})`,
  }
}
