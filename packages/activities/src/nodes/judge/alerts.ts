import { triageAlerts, type TriageAlert, type TriageDecision, type TriageEvent } from '@tenon/analysis'
import { dependencyKinds, type Model } from '@tenon/data'
import { duration, type Evidence, type Verdict } from '@tenon/runbook'
import * as z from 'zod'
import { secondsOf } from '../../input-fields.ts'
import { alertEvents } from '../../judge/alert-events.ts'
import { createAlertFacts, type AlertFact } from '../../judge/alert-facts.ts'
import { defineNode, type AlertRecord } from '../../node.ts'
import { alertsOutput, type alertSilences } from './alerts-output.ts'

const second = 1_000
const minute = 60 * second
/** Alerts that are looked at in the data in one run; the most severe and newest first. */
const mostJudged = 40
/** What was suppressed and still fires is looked at again after this time. */
const reviewMs = 5 * minute
/** The step itself is given more, so that it ends with what it has. */
const longestMs = 25 * second
/** Decisions of one run: a storm is worked off in several. */
const mostDecided = 200
/** A silence outlives nothing: what lasts longer is judged anew. */
const silenceMs = 30 * minute
/** Of one run. */
const mostSilences = 5
/** Charts that are kept with alerts, a run. */
const mostCharts = 12

export const alerts = defineNode({
  type: 'judge.alerts',
  version: 1,
  title: 'Are these alerts real?',
  description:
    'Judges the open alerts: real, a drop at the source, too little traffic, usual swings, expected by a change or a load test, a duplicate, an echo of another fault, or undetermined. It looks at the data of each alert, at changes and at the other alerts. What is not certain is undetermined, and undetermined is for people to see.',
  group: 'judge',
  icon: 'bell',
  effect: 'read',
  idempotent: true,
  outcomes: [
    {
      name: 'none',
      tone: 'neutral',
      meaning: 'Nothing new fires, or it is held for some minutes to see whether it passes.',
    },
    { name: 'noise', tone: 'normal', meaning: 'All that is new is noise, or belongs to what was told already.' },
    { name: 'real', tone: 'abnormal', meaning: 'At least one alert is real and was not told yet.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'Nothing is known to be real, but some alerts could not be determined.',
    },
  ],
  input: z.object({
    history: duration.default('3d').meta({
      title: 'History',
      description: 'How far back alerts are remembered, so that what fires every day at the same time is known.',
      'x-widget': 'duration',
    }),
  }),
  output: alertsOutput,
  defaults: { timeoutSeconds: 50 },
  async run(ctx, { history }) {
    const { asOf } = ctx
    const since = asOf - secondsOf(history) * second
    const [all, changes, silenceable] = await Promise.all([
      ctx.alerts.current(since),
      ctx.changes.between(since, asOf),
      ctx.alerts.silenceable(),
    ])
    const known = all.filter(({ startsAt }) => Date.parse(startsAt) <= asOf).map((alert) => asKnownAt(alert, asOf))
    const { model } = ctx.data
    const facts = await factsOf(known, { data: ctx.data, asOf, longestMs })
    const events = alertEvents(model, changes)
    const { decisions, held } = triageAlerts({
      alerts: known.map((alert) => triageAlert(alert, asOf)),
      calls: callsOf(model),
      events,
      now: asOf,
      facts: new Map([...facts].map(([id, { fact }]) => [id, fact])),
    })
    const byId = new Map(known.map((alert) => [alert.id, alert]))
    // Pages first: what a storm leaves over is worked off in the next run.
    const order = { page: 0, merge: 1, suppress: 2 } as const
    const made = decisions.toSorted((a, b) => order[a.action] - order[b.action]).slice(0, mostDecided)
    const output = outputOf(made, { byId, facts, events })
    const open = known.filter(({ endsAt }) => endsAt === null).length
    const count = (action: TriageDecision['action']): number => made.filter((one) => one.action === action).length
    const counts = { open, held: held.length, page: count('page'), merge: count('merge'), suppress: count('suppress') }
    const silences = silencesOf(known, { made, silenceable, asOf })
    const outcome = outcomeOf(made, silences.length)
    const verdict = verdictOf(outcome, made)
    return {
      outcome,
      output: { ...output, silences, counts },
      summary: summaryOf(outcome, counts),
      ...(verdict ? { verdict } : {}),
      evidence: made.length === 0 ? [] : [tableOf(made, byId)],
    }
  },
})

/** Of a time in the past nothing is known that came later. */
function asKnownAt(alert: AlertRecord, asOf: number): AlertRecord {
  const ended = alert.endsAt !== null && Date.parse(alert.endsAt) <= asOf
  const decided = alert.decidedAt !== null && Date.parse(alert.decidedAt) <= asOf
  return {
    ...alert,
    endsAt: ended ? alert.endsAt : null,
    ...(decided ? {} : { action: null, verdict: null, reason: '', decidedAt: null }),
  }
}

const isToReview = ({ action, endsAt, decidedAt }: AlertRecord, asOf: number): boolean =>
  action === 'suppress' && endsAt === null && decidedAt !== null && asOf - Date.parse(decidedAt) >= reviewMs

function triageAlert(alert: AlertRecord, asOf: number): TriageAlert {
  const { id, entity, severity, action, verdict, reason, decidedAt, groupKey } = alert
  return {
    id,
    at: Date.parse(alert.startsAt),
    entity,
    rule: alert.name,
    severity,
    perMinute: null,
    resolvedAt: alert.endsAt === null ? null : Date.parse(alert.endsAt),
    ...(action !== null && verdict !== null && decidedAt !== null
      ? { decided: { action, verdict, group: groupKey, reason, at: Date.parse(decidedAt) } }
      : {}),
    ...(isToReview(alert, asOf) ? { reviewAt: asOf } : {}),
  }
}

/** What a fault travels by: what an entity calls, stores in and runs on. A host slows down with what its service calls. */
function callsOf(model: Model): Record<string, string[]> {
  const calls: Record<string, string[]> = {}
  const add = (from: string, to: string): unknown => (calls[from] ??= []).push(to)
  const dependencies = model.relations.filter(({ kind }) => dependencyKinds.includes(kind))
  for (const { from, to } of dependencies) add(from, to)
  for (const { from, to, kind } of model.relations) if (kind === 'runs-on') add(from, to)
  const byCaller = Map.groupBy(dependencies, ({ from }) => from)
  for (const { id, attributes } of model.entities) {
    const service = attributes['service']
    if (service === undefined) continue
    add(service, id)
    for (const { to } of byCaller.get(service) ?? []) add(id, to)
  }
  return calls
}

const severities = { critical: 0, warning: 1, info: 2 } as const

async function factsOf(
  known: readonly AlertRecord[],
  { data, asOf, longestMs }: { data: Parameters<typeof createAlertFacts>[0]; asOf: number; longestMs: number },
): Promise<Map<string, AlertFact>> {
  const asked = known
    .filter((alert) => alert.endsAt === null && (alert.decidedAt === null || isToReview(alert, asOf)))
    .toSorted(
      (a, b) => severities[a.severity] - severities[b.severity] || Date.parse(b.startsAt) - Date.parse(a.startsAt),
    )
    .slice(0, mostJudged)
  const facts = createAlertFacts(data, asOf)
  const late = giveUp(longestMs)
  try {
    const found = await Promise.all(
      asked.map(async (alert) => [alert.id, await Promise.race([facts.of(alert), late.promise])] as const),
    )
    return new Map(found)
  } finally {
    late.stop()
  }
}

/** A source that hangs must not keep people from being told: what it would have said is not known then. */
function giveUp(ms: number): { promise: Promise<AlertFact>; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const promise = new Promise<AlertFact>((resolve) => {
    const reason = `Its data did not come within ${Math.round(ms / second)} s.`
    timer = setTimeout(() => resolve({ fact: { kind: 'unknown', reason }, evidence: [] }), ms)
  })
  return { promise, stop: () => clearTimeout(timer) }
}

type Known = { byId: Map<string, AlertRecord>; facts: Map<string, AlertFact>; events: readonly TriageEvent[] }

function outputOf(made: readonly TriageDecision[], { byId, facts, events }: Known) {
  let charts = 0
  const decisions = made.map(({ id, action, verdict, reason, group }) => {
    const found: Evidence[] = facts.get(id)?.evidence ?? []
    const evidence = charts < mostCharts ? found : []
    charts += evidence.length
    return { id, action, verdict, reason, group, evidence }
  })
  const leads = made.filter(({ action }) => action !== 'merge')
  const groups = [...Map.groupBy(leads, ({ group }) => group)].map(([key, members]) => {
    const lead = members.find(({ verdict }) => verdict === 'real') ?? members[0]!
    const alert = byId.get(lead.id)!
    const event = events.find((one) => key.startsWith(`${one.kind}:${one.id}@`))
    const { verdict, reason } = lead
    return { key, title: event?.title ?? titleOf(alert), entity: event?.entity ?? alert.entity, verdict, reason }
  })
  const tell = made
    .filter(({ action }) => action === 'page')
    .map(({ id, verdict, reason, group }) => {
      const alert = byId.get(id)!
      const title = `${verdict === 'real' ? '' : 'Undetermined: '}${titleOf(alert)}`
      return { group, title, body: reason, severity: alert.severity, verdict }
    })
  return { decisions, groups, tell }
}

function titleOf({ name, entity, labels }: AlertRecord): string {
  const place = entity ?? labels['service'] ?? labels['instance'] ?? labels['job']
  return place === undefined ? name : `${name} on ${place}`
}

/** Open noise of certain cause, that is not held back yet. What is undetermined never is, and what is critical never is. */
function silencesOf(
  known: readonly AlertRecord[],
  of: { made: readonly TriageDecision[]; silenceable: readonly string[]; asOf: number },
): z.infer<typeof alertSilences> {
  const now = new Map(of.made.map((one) => [one.id, one]))
  return known
    .flatMap((alert) => {
      const { id, severity, endsAt, source, silencedUntil, labels } = alert
      const { action, reason } = now.get(id) ?? alert
      const isFree = silencedUntil === null || Date.parse(silencedUntil) <= of.asOf
      const isOurs = of.silenceable.includes(source) && labels['alertname'] !== undefined
      if (action !== 'suppress' || endsAt !== null || severity === 'critical' || !isFree || !isOurs) return []
      const matchers = Object.entries(labels).map(([name, value]) => ({ name, value }))
      if (matchers.length < 2) return []
      const title = titleOf(alert)
      return [{ alert: id, connection: source, title, matchers, reason, until: of.asOf + silenceMs }]
    })
    .slice(0, mostSilences)
}

type Outcome = 'none' | 'noise' | 'real' | 'inconclusive'

function outcomeOf(made: readonly TriageDecision[], silences: number): Outcome {
  if (made.length === 0) return silences > 0 ? 'noise' : 'none'
  const pages = made.filter(({ action }) => action === 'page')
  if (pages.some(({ verdict }) => verdict === 'real')) return 'real'
  return pages.length > 0 ? 'inconclusive' : 'noise'
}

function verdictOf(outcome: Outcome, made: readonly TriageDecision[]): Verdict | null {
  const reasons = made.slice(0, 3).map(({ reason }) => reason)
  const quality = { completeness: 1, freshnessSeconds: null, notes: [] }
  switch (outcome) {
    case 'none':
      return null
    case 'noise':
      return { value: 'normal', confidence: 0.9, reasons, quality }
    case 'real':
      return { value: 'abnormal', confidence: 0.9, reasons, quality }
    case 'inconclusive':
      return { value: 'inconclusive', confidence: 1, reasons, quality }
  }
}

type Counts = z.infer<typeof alertsOutput>['counts']

function summaryOf(outcome: Outcome, { open, held, page, merge, suppress }: Counts): string {
  const waiting = held > 0 ? `, ${held} held to see whether ${held === 1 ? 'it passes' : 'they pass'}` : ''
  if (page + merge + suppress === 0) return `${open} open${waiting}; nothing new to decide`
  return `${page} to tell, ${merge} of what was told, ${suppress} noise${waiting}`
}

const words: Record<TriageDecision['action'], string> = { page: 'tell', merge: 'merge', suppress: 'noise' }

function tableOf(made: readonly TriageDecision[], byId: Map<string, AlertRecord>): Evidence {
  return {
    id: 'alerts',
    kind: 'table',
    title: 'Alerts',
    columns: [
      { key: 'alert', label: 'Alert' },
      { key: 'since', label: 'Since' },
      { key: 'severity', label: 'Severity' },
      { key: 'what', label: 'What becomes of it' },
      { key: 'verdict', label: 'Verdict' },
      { key: 'reason', label: 'Why' },
    ],
    rows: made.slice(0, 50).map(({ id, action, verdict, reason }) => {
      const alert = byId.get(id)!
      return {
        alert: titleOf(alert),
        since: alert.startsAt,
        severity: alert.severity,
        what: words[action],
        verdict,
        reason,
      }
    }),
  }
}
