/**
 * Judges a stream of alerts: which are real, which are noise and why, which belong together. docs/analysis/triage.md has the method.
 *
 * It replays the stream up to `now` and decides each alert once, at most `holdMs` after it began, with what was known then. A critical alert is decided
 * at once. Any other is held to see whether it passes by itself, which most noise does. Then, in this order: it passed; something planned explains it;
 * one fault explains it together with a group that people were told of; or it begins a group of its own, and people are told.
 *
 * What it does for safety: no critical alert is suppressed; what nothing explains pages; a group that gets worse than what was told pages again; what
 * something planned explains is real after all when the same entity shows what the plan does not explain.
 */
import { explain } from './explain.ts'
import { createGroups, type Group } from './groups.ts'
import { createReach } from './reach.ts'
import { signalOf } from './signal.ts'
import { rank, stands, type Judged } from './judged.ts'
import type { TriageAlert, TriageDecision, TriageFact, TriageInput, TriageResult } from './triage-types.ts'

const second = 1_000
/** An alert that people would act on lasts longer than three minutes. */
export const holdMs = 180 * second
/** Alerts of one entity that are not further apart speak of one thing. */
const togetherMs = 10 * 60 * second

/** Of a Date. */
const latestTime = 8.64e15

export function triageAlerts(input: TriageInput): TriageResult {
  const { now } = input
  const reach = createReach(input.calls)
  const groups = createGroups(reach)
  const alerts = input.alerts
    .filter(({ at }) => Math.abs(at) <= latestTime && at <= now)
    // An end that is no time is no end.
    .map((alert) => (Number.isFinite(alert.resolvedAt) ? alert : { ...alert, resolvedAt: null }))
    .toSorted((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
  const judged: Judged[] = alerts.map((alert) => ({ alert, signal: signalOf(alert.rule), decision: null }))
  const byEntity = Map.groupBy(judged, ({ alert }) => alert.entity)
  const decisions: TriageDecision[] = []

  function judge(one: Judged, at: number): TriageDecision {
    const { alert } = one
    const fact = input.facts?.get(alert.id) ?? null
    const near = (byEntity.get(alert.entity) ?? []).filter(
      (other) => alert.entity !== null && other.alert.at <= at && Math.abs(other.alert.at - alert.at) <= togetherMs,
    )
    if (alert.severity !== 'critical' || fact?.kind === 'source-drop') {
      const cause = explain(one, { at, near, fact, events: input.events, reach, all: byEntity.get(alert.entity) ?? [] })
      if (cause) {
        const { verdict, reason } = cause
        return {
          id: alert.id,
          action: 'suppress',
          verdict,
          reason,
          group: noiseKey(cause.key, alert),
          decidedAt: at,
        }
      }
    }
    const group = groups.find(one, at)
    return group ? join(one, { group, at, fact }) : begin(one, { at, near, fact })
  }

  function join(
    one: Judged,
    { group, at, fact }: { group: Group; at: number; fact: TriageFact | null },
  ): TriageDecision {
    const { alert } = one
    const worse = rank(alert.severity) > rank(group.told)
    const again = group.members.find(({ alert: other }) => other.entity === alert.entity && other.rule === alert.rule)
    groups.add(group, one)
    const common = { id: alert.id, group: group.key, decidedAt: at }
    if (worse) {
      group.told = alert.severity
      const reason = `It gets worse: ${alert.severity} now, after what was told before.`
      return { ...common, action: 'page', verdict: 'real', reason }
    }
    if (again) return { ...common, action: 'merge', verdict: 'duplicate', reason: `${alert.rule} was told of already.` }
    const lead = group.members[0]?.alert
    if (lead && lead.entity !== alert.entity) {
      const reason = `A fault of ${group.place ?? lead.entity ?? 'the same thing'} explains it: one group.`
      return { ...common, action: 'merge', verdict: 'echo', reason }
    }
    return {
      ...common,
      action: 'merge',
      verdict: 'real',
      reason: fact?.reason ?? 'It belongs to what was told already.',
    }
  }

  function begin(
    one: Judged,
    { at, near, fact }: { at: number; near: Judged[]; fact: TriageFact | null },
  ): TriageDecision {
    const { alert } = one
    const group = groups.begin(one, at)
    const others = new Set(
      near
        .filter((other) => other !== one && other.alert.rule !== alert.rule && stands(other.alert, at))
        .map((other) => other.alert.rule),
    ).size
    const common = { id: alert.id, action: 'page', group: group.key, decidedAt: at } as const
    if (fact?.kind === 'abnormal') return { ...common, verdict: 'real', reason: fact.reason }
    if (alert.severity === 'critical' && fact?.kind === 'normal')
      return { ...common, verdict: 'undetermined', reason: `It is critical, yet the data look usual: ${fact.reason}` }
    if (alert.severity === 'critical')
      return { ...common, verdict: 'real', reason: 'It is critical, and nothing planned explains it.' }
    if (others > 0) {
      const reason = `It lasts, and ${others} other ${others === 1 ? 'rule fires' : 'rules fire'} for ${alert.entity}.`
      return { ...common, verdict: 'real', reason }
    }
    const why = fact ? fact.reason : 'Nothing explains it and it does not pass.'
    return { ...common, verdict: 'undetermined', reason: why }
  }

  /** What was decided before is put back where it was, so that groups are as people know them. */
  function restore(one: Judged, decided: NonNullable<TriageAlert['decided']>): TriageDecision {
    const { alert } = one
    const { at, ...rest } = decided
    const decision = { id: alert.id, ...rest, decidedAt: at }
    if (decided.action !== 'suppress') groups.restore(decided.group, one, decided.action === 'page')
    return decision
  }

  const due = ({ alert }: Judged): number => {
    if (alert.reviewAt !== undefined) return alert.reviewAt
    if (alert.decided) return Math.min(alert.decided.at, now)
    const fact = input.facts?.get(alert.id)
    if (fact?.kind === 'abnormal' && fact.isSure) return now
    if (alert.severity === 'critical') return alert.at
    return Math.min(alert.at + holdMs, Math.max(alert.at, alert.resolvedAt ?? Infinity))
  }
  for (const one of judged.toSorted((a, b) => due(a) - due(b))) {
    const at = due(one)
    const { decided, reviewAt } = one.alert
    if (at > now) continue
    if (decided && reviewAt === undefined) {
      one.decision = restore(one, decided)
      continue
    }
    one.decision = judge(one, at)
    // Looked at again, and it is still what it was.
    if (decided && one.decision.action === decided.action) one.decision = restore(one, decided)
    else decisions.push(one.decision)
  }
  return { decisions, held: judged.filter(({ decision }) => decision === null).map(({ alert }) => alert.id) }
}

/** What is suppressed for one cause on one day is one group. */
const noiseKey = (cause: string, { at }: TriageAlert): string =>
  `${cause}@${new Date(at).toISOString().slice(0, 10)}`.slice(0, 200)
