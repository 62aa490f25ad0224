/** Changes as the triage of alerts sees them: what was planned, of which entity. */
import type { TriageEvent } from '@tenon/analysis'
import { dimensionValue, indexModel, type Model } from '@tenon/data'
import type { ChangeRecord } from '../node.ts'

const hour = 3_600_000
/** What is under way and nobody ended is over by then. */
const longestOpenMs = 2 * hour

/** One an entity that the change names: its hosts, else its entity, else its zone. A load test that names none is on what chains begin with. */
export function alertEvents(model: Model, changes: readonly ChangeRecord[]): TriageEvent[] {
  return changes.flatMap((change) => {
    const { id, title, startedAt, endedAt } = change
    const kind = kindOf(change)
    const to = endedAt ?? (kind === 'change' ? startedAt : startedAt + longestOpenMs)
    return [...new Set(entitiesOf(model, change, kind))].map((entity) => ({
      id,
      kind,
      entity,
      title,
      from: startedAt,
      to,
    }))
  })
}

function kindOf({ kind }: ChangeRecord): TriageEvent['kind'] {
  if (/load.?test|stress/i.test(kind)) return 'load-test'
  return /maintenance|drill|exercise/i.test(kind) ? 'maintenance' : 'change'
}

function entitiesOf(model: Model, { scope }: ChangeRecord, kind: TriageEvent['kind']): string[] {
  if (scope.hosts && scope.hosts.length > 0)
    return [...scope.hosts, ...(scope.entity === undefined ? [] : [scope.entity])]
  if (scope.entity !== undefined) return [scope.entity]
  if (scope.zone !== undefined) {
    const zones = indexModel(model).entitiesOfKind('zone')
    return zones.filter((zone) => dimensionValue(zone) === scope.zone).map(({ id }) => id)
  }
  return kind === 'load-test' ? model.chains.flatMap(({ steps }) => steps[0]?.entity ?? []) : []
}
