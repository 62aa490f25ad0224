/** What ranked changes speak for. A change that only came at the right time is much less likely than one that touches what fails. */
import type { RankedChange } from '@tenon/analysis'
import type { Hypothesis } from '@tenon/runbook'
import type { LocalisedPlace } from '../nodes/judge/chain-loss-output.ts'
import type { FaultPlace } from '../nodes/judge/fault-place.ts'

const namedScore = 0.2
const mostNamed = 3

/** @param place where the loss was localised and the cause that was found there, when a step before did so. */
export function changeHypotheses(ranked: RankedChange[], place: FaultPlace | null): Hypothesis[] {
  return ranked
    .filter(({ score }) => score !== null && score >= namedScore)
    .slice(0, mostNamed)
    .map(({ change, score, supports }) => {
      const isThere = place !== null && touches(change.scope, place.localised)
      const [first, ...others] = supports
      const lead = first ? [`${change.id} (${change.title}) ${first}`, ...others] : [`${change.id} (${change.title})`]
      const common = { kind: 'change' as const, key: `change:${change.id}`, supports: lead }
      if (isThere) return { ...common, cause: place.cause, likelihood: 0.9 + 0.08 * (score ?? 0), against: [] }
      return {
        ...common,
        cause: `${change.title} (${change.id})`,
        likelihood: 0.5 * (score ?? 0),
        against: [
          place === null ? 'only its time speaks for it' : 'it does not name the hosts or the version that fail',
        ],
      }
    })
}

/** Whether the change names the version, the hosts or the zone that fails. Ranking has ruled out those that name others. */
function touches(scope: RankedChange['change']['scope'], localised: LocalisedPlace): boolean {
  if (scope.version !== undefined && localised.version !== null) return scope.version === localised.version
  const hosts = new Set(localised.hosts)
  if (scope.hosts && scope.hosts.length > 0) return scope.hosts.some((host) => hosts.has(host))
  return scope.zone !== undefined && scope.zone === localised.zone
}
