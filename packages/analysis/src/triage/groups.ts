/**
 * Which alerts have one cause. A fault shows at the faulty entity and at those that depend on it, so a set of alerts has one possible cause when some
 * entity is a dependency of each (or is it). A group keeps those possible causes; an alert joins when one of them that is told of, or the alert's own
 * entity, explains it too, and narrows them.
 * Saturation does not travel to callers as errors and waiting do: it pins the cause to where it is, so it begins a group of its own elsewhere.
 */
import { rank, type Judged } from './judged.ts'
import type { Reach } from './reach.ts'
import type { TriageAlert } from './triage-types.ts'

export interface Group {
  /** Id of the alert that it began with. */
  readonly key: string
  readonly members: Judged[]
  /** Entities that could be the cause of all; empty when it is not known what the alerts are about. */
  causes: ReadonlySet<string>
  /** The one that is the cause, where something pins it. */
  place: string | null
  /** The worst that people were told. */
  told: TriageAlert['severity']
  last: number
}

export interface Groups {
  /** The group that people were told of and that explains the alert, the latest first; null when there is none. */
  find(one: Judged, at: number): Group | null
  add(group: Group, one: Judged): void
  begin(one: Judged, at: number): Group
  /** An alert that was told of, or belongs to what was, in an earlier judgement. */
  restore(key: string, one: Judged, told: boolean): void
}

const minute = 60_000
/** A fault that is silent for so long is over. */
const quietMs = 15 * minute

export function createGroups(reach: Reach): Groups {
  let live: Group[] = []

  const causesOf = ({ alert, signal }: Judged): ReadonlySet<string> => {
    if (alert.entity === null) return new Set()
    return signal === 'saturation' ? new Set([alert.entity]) : reach.dependencies(alert.entity)
  }

  /** The possible causes that are left; null when one fault cannot be behind both. */
  function narrowed(group: Group, one: Judged): ReadonlySet<string> | null {
    const { alert, signal } = one
    if (signal === 'saturation' && group.place !== null && group.place !== alert.entity) return null
    const left = new Set([...causesOf(one)].filter((cause) => group.causes.has(cause)))
    const isTold = (cause: string): boolean =>
      cause === alert.entity || group.members.some(({ alert: other }) => other.entity === cause)
    // A fault of which nothing itself is told could always be behind two things.
    if ([...left].some(isTold)) return left
    // What is told of stays told of, whatever else the place may turn out to be.
    return isMember(group, one) ? group.causes : null
  }

  function add(group: Group, one: Judged): void {
    group.causes = narrowed(group, one) ?? group.causes
    if (one.signal === 'saturation' && group.place === null) group.place = one.alert.entity
    group.members.push(one)
    group.last = Math.max(group.last, one.alert.at)
  }

  function open(key: string, one: Judged, at: number): Group {
    const { alert, signal } = one
    const place = signal === 'saturation' ? alert.entity : null
    const group = {
      key,
      members: [one],
      causes: causesOf(one),
      place,
      told: alert.severity,
      last: Math.max(alert.at, at),
    }
    live.push(group)
    return group
  }

  return {
    find(one, at) {
      live = live.filter(({ last }) => at - last <= quietMs)
      const fitting = live.filter((group) => narrowed(group, one) !== null)
      const { entity } = one.alert
      const own = fitting.findLast(({ place }) => place !== null && place === entity)
      // Of several faults that could explain it, the one that shows there already, then the one that shows most.
      return own ?? most(fitting.filter((group) => isMember(group, one))) ?? most(fitting)
    },
    add,
    begin: (one, at) => open(one.alert.id, one, at),
    restore(key, one, told) {
      const group = live.find((other) => other.key === key)
      if (!group) {
        open(key, one, one.alert.at)
        return
      }
      add(group, one)
      if (told && rank(one.alert.severity) > rank(group.told)) group.told = one.alert.severity
    },
  }
}

/** An alert about nothing known has only its like for company. */
const isMember = (group: Group, { alert }: Judged): boolean =>
  group.members.some(
    ({ alert: other }) => other.entity === alert.entity && (alert.entity !== null || other.rule === alert.rule),
  )

const most = (groups: readonly Group[]): Group | null =>
  groups.reduce<Group | null>(
    (best, group) => (best && best.members.length > group.members.length ? best : group),
    null,
  )
