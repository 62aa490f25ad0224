/** What a report says, in the order in which it is read; worked out from its content. The page and the exports show the same. Pure. */
import type { Evidence, Hypothesis, Report, VerdictValue } from '@tenon/runbook'
import { formatDuration } from '../../ui/time-format.ts'
import type { ReportContent, ReportStep } from './report-content.ts'

export type EvidenceOf<Kind extends Evidence['kind']> = Extract<Evidence, { kind: Kind }>

/** A piece of evidence and the step that gave it. */
export interface Piece<Kind extends Evidence['kind'] = Evidence['kind']> {
  key: string
  step: ReportStep
  evidence: EvidenceOf<Kind>
}

/**
 * How far it is. `queued` and `running` go on; `concluded` has a report; `finished` ended well and its runbook concludes nothing; the others ended badly,
 * with or without a report.
 */
export type ReportStage = 'queued' | 'running' | 'concluded' | 'finished' | 'failed' | 'cancelled' | 'timed-out'

export interface ReportView {
  stage: ReportStage
  /** It goes on, so more may come. */
  goesOn: boolean
  headline: string
  why: string | null
  verdict: VerdictValue | null
  confidence: number | null
  /** Set when not every step could end in time. */
  incomplete: { reason: string; missing: string[] } | null
  since: number | null
  /** The alert that it is about, else the first on its charts. `afterOnset` in ms: positive when it came later than the onset. */
  alert: { at: number; label: string; afterOnset: number | null } | null
  /** From its start to its conclusion, ms. */
  concludedIn: number | null
  nextAction: NonNullable<Report['nextAction']> | null
  scope: { label: string; value: string }[]
  /** Possible causes, likeliest first, and those that were excluded. */
  likely: Hypothesis[]
  ruledOut: Hypothesis[]
  /** What could not be checked, a sentence each. */
  unchecked: string[]
  waterfalls: Piece<'waterfall'>[]
  topologies: Piece<'topology'>[]
  charts: Piece<'series'>[]
  /** Tables, changes and texts. */
  rest: Piece<'table' | 'changes' | 'text'>[]
  steps: readonly ReportStep[]
}

export function reportView(content: ReportContent): ReportView {
  const { run, report } = content
  const pieces = piecesInOrder(content)
  const since = timeOrNull(report?.since ?? null)
  const alert = alertOf(content, pieces, since)
  const concluded = timeOrNull(run.concludedAt)
  const hypotheses = report?.hypotheses ?? []
  return {
    stage: stageOf(content),
    goesOn: run.status === 'queued' || run.status === 'running',
    headline: headlineOf(content),
    why: report?.why || null,
    verdict: report?.verdict.value ?? null,
    confidence: report?.verdict.confidence ?? null,
    incomplete: report?.incomplete ?? null,
    since,
    alert,
    concludedIn: concluded === null ? null : Math.max(0, concluded - Date.parse(run.startedAt)),
    nextAction: report?.nextAction ?? null,
    scope: report?.scope ?? [],
    likely: hypotheses.filter((one) => one.likelihood > 0).toSorted((a, b) => b.likelihood - a.likelihood),
    ruledOut: hypotheses.filter((one) => !(one.likelihood > 0)),
    unchecked: uncheckedOf(content),
    waterfalls: only(pieces, ['waterfall']),
    topologies: only(pieces, ['topology']),
    charts: eachOnce(only(pieces, ['series'])).map((chart) => (alert ? withAlert(chart, alert) : chart)),
    rest: only(pieces, ['table', 'changes', 'text']),
    steps: content.steps,
  }
}

function only<Kind extends Evidence['kind']>(pieces: readonly Piece[], kinds: readonly Kind[]): Piece<Kind>[] {
  const isOne = (evidence: Evidence): evidence is EvidenceOf<Kind> => kinds.some((kind) => kind === evidence.kind)
  return pieces.flatMap(({ key, step, evidence }) => (isOne(evidence) ? [{ key, step, evidence }] : []))
}

/** Several steps may judge one series: it is drawn once, where it says most, with the marks of all. */
function eachOnce(charts: readonly Piece<'series'>[]): Piece<'series'>[] {
  const byData = new Map<string, Piece<'series'>>()
  for (const chart of charts) {
    const { unit, series } = chart.evidence
    const data = JSON.stringify([unit, series.map(({ points }) => points)])
    const before = byData.get(data)
    byData.set(data, before ? withMarks(before, chart.evidence.marks ?? []) : chart)
  }
  return [...byData.values()]
}

function withMarks(chart: Piece<'series'>, more: NonNullable<EvidenceOf<'series'>['marks']>): Piece<'series'> {
  const marks = chart.evidence.marks ?? []
  const isNew = (one: (typeof marks)[number]): boolean =>
    !marks.some(({ kind, label, at }) => kind === one.kind && label === one.label && at === one.at)
  return { ...chart, evidence: { ...chart.evidence, marks: [...marks, ...more.filter(isNew)] } }
}

function stageOf({ run, report }: ReportContent): ReportStage {
  switch (run.status) {
    case 'queued':
      return 'queued'
    case 'running':
      return report ? 'concluded' : 'running'
    case 'succeeded':
      return report ? 'concluded' : 'finished'
    case 'failed':
    case 'cancelled':
    case 'timed-out':
      return run.status
  }
}

/** The sentence at the top: the conclusion, or how far the run is. */
export function headlineOf({ run, report, steps }: Pick<ReportContent, 'run' | 'report' | 'steps'>): string {
  const conclusion = report?.conclusion ?? run.conclusion
  if (conclusion) return conclusion
  switch (run.status) {
    case 'running': {
      const now = steps.find(({ status }) => status === 'running' || status === 'backing-off')
      return now ? `${now.title}…` : 'Beginning…'
    }
    case 'queued':
      return 'Waits for another run of the same kind to end.'
    case 'succeeded':
      return `${run.runbook.title} finished.`
    case 'failed':
      return run.error?.message ?? `${run.runbook.title} failed.`
    case 'cancelled':
      return run.error?.message ?? 'The run was cancelled.'
    case 'timed-out':
      return 'The run took longer than its runbook allows and was ended.'
  }
}

/** Steps that the report calls telling first, then as they ran; within a kind what is abnormal before what is not. */
function piecesInOrder({ report, steps }: ReportContent): Piece[] {
  const telling = report?.evidenceSteps ?? []
  const rank = (step: ReportStep): number => {
    const place = telling.indexOf(step.stepId)
    return place === -1 ? telling.length : place
  }
  return steps
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((step) =>
      step.evidence.map((evidence): Piece => ({ key: `${step.stepId}/${evidence.id}`, step, evidence })),
    )
    .toSorted((a, b) => verdictRank(a.evidence) - verdictRank(b.evidence))
}

function verdictRank({ verdict }: Evidence): number {
  switch (verdict) {
    case 'abnormal':
      return 0
    case 'inconclusive':
      return 1
    case 'normal':
      return 2
    case undefined:
      return 3
  }
}

function alertOf({ run }: ReportContent, pieces: readonly Piece[], since: number | null): ReportView['alert'] {
  const ofRun = timeOrNull(run.alert?.at ?? null)
  const marks = pieces.flatMap(({ evidence }) => (evidence.kind === 'series' ? (evidence.marks ?? []) : []))
  const [marked] = marks.filter(({ kind }) => kind === 'alert').toSorted((a, b) => a.at - b.at)
  const first = run.alert && ofRun !== null ? { label: run.alert.label, at: ofRun } : marked
  if (!first) return null
  return { at: first.at, label: first.label, afterOnset: since === null ? null : first.at - since }
}

/** With the alert as a mark, where it is within the chart's time and not marked yet. */
function withAlert(chart: Piece<'series'>, alert: NonNullable<ReportView['alert']>): Piece<'series'> {
  const times = chart.evidence.series.flatMap(({ points }) => [points[0]?.[0] ?? [], points.at(-1)?.[0] ?? []].flat())
  const isInside = times.some((at) => at <= alert.at) && times.some((at) => at >= alert.at)
  const isMarked = chart.evidence.marks?.some(({ kind, at }) => kind === 'alert' && at === alert.at) ?? false
  return isInside && !isMarked ? withMarks(chart, [{ at: alert.at, label: alert.label, kind: 'alert' }]) : chart
}

/** "5 min before the alert", "40 s after the alert", "at the alert". */
export function alertDistance(afterOnset: number): string {
  if (Math.abs(afterOnset) < 1000) return 'at the alert'
  return `${formatDuration(Math.abs(afterOnset))} ${afterOnset > 0 ? 'before' : 'after'} the alert`
}

/** The report's own sentences, then what its steps say that the report does not: steps that failed, saw too little or were cut, and data with gaps. */
function uncheckedOf({ run, report, steps }: ReportContent): string[] {
  const said = [...(report?.unchecked ?? [])]
  const isSaid = (text: string): boolean => said.some((sentence) => sentence.includes(text))
  const missing = new Set(report?.incomplete?.missing)
  for (const title of missing) if (!isSaid(title)) said.push(about(title, 'It had not ended when the time was up.'))
  for (const step of steps) {
    // A step that concludes repeats what the others could not see.
    if (isSaid(step.title) || (report && step.verdict && step.type.startsWith('judge.conclude'))) continue
    const why = whyUnchecked(step, run.endedAt !== null)
    if (why !== null && !isSaid(why)) said.push(about(step.title, why))
  }
  for (const note of report?.verdict.quality.notes ?? []) if (!isSaid(note)) said.push(sentence(note))
  return said
}

function whyUnchecked(step: ReportStep, runEnded: boolean): string | null {
  switch (step.status) {
    case 'failed':
      return sentence(step.error?.message ?? 'it failed')
    case 'cancelled':
      return 'It was ended before it had an answer.'
    case 'done':
      if (step.verdict?.value !== 'inconclusive') return null
      return sentence(step.verdict.reasons[0] ?? step.summary ?? 'it could not see enough')
    case 'running':
    case 'backing-off':
    case 'waiting':
      return runEnded ? 'It had not ended when the run did.' : null
    case 'pending':
    case 'skipped':
      return null
  }
}

/** Titles of steps are questions mostly; the others need a colon. */
const about = (title: string, said: string): string => `${title}${/[.!?…]$/.test(title) ? '' : ':'} ${said}`

/** With a capital and a full stop. */
function sentence(text: string): string {
  const trimmed = text.trim()
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?…]$/.test(trimmed) ? '' : '.'}`
}

function timeOrNull(iso: string | null): number | null {
  const ms = iso === null ? Number.NaN : Date.parse(iso)
  return Number.isFinite(ms) ? ms : null
}
