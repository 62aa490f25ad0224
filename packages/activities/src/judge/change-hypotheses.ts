/** What ranked changes speak for. A change that only came at the right time is much less likely than one that touches what fails. */
import type { RankedChange } from '@tenon/analysis'
import type { Hypothesis } from '@tenon/runbook'
import type { FaultPlace } from '../nodes/judge/fault-place.ts'

const namedScore = 0.2
const mostNamed = 3
/** A change of the whole entity that is ranked so is within some minutes of the onset. */
const wholeScore = 0.5

/** @param place where the fault sits in the entity, when a step before looked. */
export function changeHypotheses(ranked: RankedChange[], place: FaultPlace | null): Hypothesis[] {
  return ranked
    .filter(({ score }) => score !== null && score >= namedScore)
    .slice(0, mostNamed)
    .map((one) => {
      const { change, supports } = one
      const score = one.score ?? 0
      const [first, ...others] = supports
      const lead = first ? [`${change.id} (${change.title}) ${first}`, ...others] : [`${change.id} (${change.title})`]
      const common = { kind: 'change' as const, key: `change:${change.id}` }
      if (place?.part && touches(change.scope, place.part))
        return { ...common, cause: place.part.cause, likelihood: 0.9 + 0.08 * score, supports: lead, against: [] }
      const cause = clauseOf(change, 'it')
      if (place !== null && place.part === null && change.scope.entity === place.entity && score >= wholeScore) {
        const whole = `it changed ${place.entity}, which is at fault on all its hosts alike`
        const broke = clauseOf(change, place.entity)
        return { ...common, cause: broke, likelihood: 0.6 + 0.3 * score, supports: [...lead, whole], against: [] }
      }
      const against = place?.part
        ? 'it does not name the hosts or the version that fail'
        : 'only its time speaks for it'
      return { ...common, cause, likelihood: 0.5 * score, supports: lead, against: [against] }
    })
}

type Change = RankedChange['change']

/** "change CHG-2041 (payment v2 to pay-a-1, pay-a-2 and 4 more) broke it": what fits after "because". Long lists of names in a title are cut short. */
function clauseOf({ id, kind, title }: Change, what: string): string {
  const short = title.replaceAll(/[^\s,]+(?:, [^\s,]+){3,}(?: and [^\s,]+)?/g, (list) => {
    const names = list.split(/, | and /)
    return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
  })
  return kind === 'load-test' ? `load test ${id} (${short}) weighs on ${what}` : `change ${id} (${short}) broke ${what}`
}

/** Whether the change names the version, the hosts or the zone that fails. Ranking has ruled out those that name others. */
function touches(scope: Change['scope'], { localised, isZone }: NonNullable<FaultPlace['part']>): boolean {
  // What harms several services in a zone is no new version of one of them.
  if (isZone) return scope.zone === localised.zone && scope.zone !== undefined && scope.version === undefined
  if (scope.version !== undefined && localised.version !== null) return scope.version === localised.version
  const hosts = new Set(localised.hosts)
  if (scope.hosts && scope.hosts.length > 0) return scope.hosts.some((host) => hosts.has(host))
  return scope.zone !== undefined && scope.zone === localised.zone
}
