/** Why an alert is noise: what passed, and what something planned or known explains. null when nothing does. */
import { isOpen, rank, stands, type Judged } from './judged.ts'
import type { Reach } from './reach.ts'
import type { Signal } from './signal.ts'
import type { TriageEvent, TriageFact } from './triage-types.ts'
import type { TriageVerdict } from './triage-verdict.ts'

export interface Cause {
  verdict: TriageVerdict
  reason: string
  /** Alerts of one cause are one group of noise. */
  key: string
}

const minute = 60_000
const day = 24 * 60 * minute
/** A change that is well has settled by then: caches are warm, connections are made. */
const settleMs = 10 * minute
/** What was planned ends when it ends, and its alerts some minutes after. */
const afterMs = 5 * minute
/** How far the time of day of what recurs may be off. */
const recurMs = 30 * minute
/** Fewer events in five minutes than this tell no rate. */
const fewEvents = 50

export function explain(
  one: Judged,
  about: {
    at: number
    /** Alerts of the same entity around it. */
    near: readonly Judged[]
    fact: TriageFact | null
    events: readonly TriageEvent[]
    reach: Reach
    /** All of the same entity, whenever. */
    all: readonly Judged[]
  },
): Cause | null {
  const { alert } = one
  const { at, near, fact } = about
  const place = `${alert.entity ?? ''}/${alert.rule}`
  if (!isOpen(alert, at)) return passed(one, { near, place, fact })
  if (fact && fact.kind !== 'unknown' && fact.kind !== 'abnormal') {
    const verdict = ({ normal: 'normal-loss', 'source-drop': 'source-drop', 'low-traffic': 'low-traffic' } as const)[
      fact.kind
    ]
    return { verdict, reason: fact.reason, key: `${verdict}:${place}` }
  }
  const isExplained = (other: Judged): boolean =>
    other.decision?.action === 'suppress' ||
    about.events.some((event) => event.from <= at && planned(other, event, { reach: about.reach, at }))
  // A milder one does not overturn the explanation of a worse one.
  const open = near.filter(
    (other) =>
      other !== one &&
      rank(other.alert.severity) >= rank(alert.severity) &&
      stands(other.alert, at) &&
      !isExplained(other),
  )
  if (open.some((other) => other.alert.severity === 'critical')) return null
  for (const event of about.events) {
    const verdict = planned(one, event, { reach: about.reach, at })
    if (verdict === null || event.from > at) continue
    // The same entity shows what nothing explains: then neither does this.
    if (open.length > 0) continue
    // A change after which the data are abnormal is a bad change.
    if (event.kind === 'change' && fact?.kind === 'abnormal') continue
    // A change may well be why several things are wrong, but then they are wrong.
    if (
      event.kind === 'change' &&
      near.some(
        (other) =>
          other.alert.rule !== alert.rule &&
          stands(other.alert, at) &&
          planned(other, event, { reach: about.reach, at }),
      )
    )
      continue
    return { verdict, reason: reasonOf(event), key: `${event.kind}:${event.id}` }
  }
  return fact?.kind === 'abnormal' ? null : recurring(one, about.all, open, place)
}

function passed(
  { alert }: Judged,
  { near, place, fact }: { near: readonly Judged[]; place: string; fact: TriageFact | null },
): Cause {
  const seconds = Math.round(((alert.resolvedAt ?? alert.at) - alert.at) / 1_000)
  const few = fact?.kind === 'low-traffic' || (alert.perMinute !== null && alert.perMinute * 5 < fewEvents)
  if (few)
    return {
      verdict: 'low-traffic',
      reason: `It passed after ${seconds} s, and there are too few events to tell a rate.`,
      key: `low:${place}`,
    }
  const before = near.find(
    (other) => other.alert.rule === alert.rule && other.alert.at < alert.at && isOpen(other.alert, alert.at),
  )
  if (before)
    return {
      verdict: 'duplicate',
      reason: `The same alert fired already, and it passed after ${seconds} s.`,
      key: `passed:${place}`,
    }
  return { verdict: 'normal-loss', reason: `It passed by itself after ${seconds} s.`, key: `passed:${place}` }
}

const loadSignals: readonly Signal[] = ['latency', 'saturation', 'traffic']

/** What the event would make of the alert; null when it does not explain it. */
function planned(
  { alert, signal }: Judged,
  event: TriageEvent,
  { reach, at }: { reach: Reach; at: number },
): TriageVerdict | null {
  const { entity } = alert
  if (entity === null || alert.severity === 'critical') return null
  const end = (event.to ?? Infinity) + afterMs
  // What still fires long after is not what was planned.
  if (alert.at < event.from || alert.at > end || at > end + settleMs) return null
  switch (event.kind) {
    case 'maintenance':
      return entity === event.entity ? 'expected-change' : null
    case 'change':
      return entity === event.entity && alert.at - event.from <= settleMs && signal !== 'saturation'
        ? 'expected-change'
        : null
    case 'load-test':
      return loadSignals.includes(signal) && reach.dependencies(event.entity).has(entity) ? 'expected-load-test' : null
    case 'source-drop':
      return signal === 'traffic' && reach.dependencies(event.entity).has(entity) ? 'source-drop' : null
  }
}

function reasonOf({ kind, entity, title }: TriageEvent): string {
  const what = title ?? entity
  switch (kind) {
    case 'maintenance':
      return `Maintenance of ${entity} is under way: ${what}.`
    case 'change':
      return `A change of ${entity} has just begun: ${what}. Nothing else of ${entity} fires.`
    case 'load-test':
      return `A load test on ${entity} explains it: ${what}.`
    case 'source-drop':
      return `Less comes in at ${entity}: ${what}.`
  }
}

/** It fired at this time on an earlier day, alone, and nothing came of it. */
function recurring(
  { alert, signal }: Judged,
  all: readonly Judged[],
  open: readonly Judged[],
  place: string,
): Cause | null {
  if (open.some((other) => other.alert.rule !== alert.rule)) return null
  const earlier = all.findLast((other) => {
    const ago = alert.at - other.alert.at
    if (other.alert.rule !== alert.rule || ago < day - recurMs || !isHarmless(other)) return false
    if (rank(other.alert.severity) < rank(alert.severity)) return false
    const off = ago % day
    return Math.min(off, day - off) <= recurMs
  })
  if (!earlier || earlier.signal !== signal) return null
  const others = all.some(
    (other) =>
      other.alert.rule !== alert.rule &&
      other.decision !== null &&
      other.decision.action !== 'suppress' &&
      Math.abs(other.alert.at - earlier.alert.at) <= recurMs,
  )
  if (others) return null
  const days = Math.round((alert.at - earlier.alert.at) / day)
  const when = days === 1 ? 'yesterday' : `${days} days ago`
  return {
    verdict: 'normal-loss',
    reason: `It fired at this time ${when} as well, alone, and nothing came of it.`,
    key: `recurs:${place}`,
  }
}

/** It lasted, it was told as undetermined or known as recurring already, and it is not part of a fault. */
function isHarmless({ alert, decision }: Judged): boolean {
  if (alert.severity === 'critical' || decision === null || !stands(alert, decision.decidedAt)) return false
  return decision.verdict === 'undetermined' || decision.verdict === 'normal-loss'
}
