/** Joins what all steps before found into one report: a verdict, one sentence with the likeliest cause, and every cause that was considered. */
import type { ComputeContext } from '../flow/running-flow.ts'
import type { Hypothesis, StepResult, Verdict } from '../flow/step.ts'
import { nextAction, type ActionPlaces, type NextAction } from './conclude-action.ts'
import { mergeHypotheses, weighHypotheses } from './conclude-causes.ts'
import { readFindings, type Findings } from './conclude-findings.ts'
import { concludeAbnormal, concludeInconclusive, concludeNormal } from './conclude-words.ts'

export interface Report {
  verdict: Verdict
  /** One sentence. */
  conclusion: string
  /** What was found normal, and where the loss is. */
  why: string
  /** Onset, ISO 8601; null when nothing is abnormal. */
  since: string | null
  cause: Hypothesis | null
  hypotheses: Hypothesis[]
  scope: { label: string; value: string }[]
  /** Steps whose evidence supports this, most telling first. */
  evidenceSteps: string[]
  /** Titles of steps that had not ended when the time was up. */
  incomplete?: { reason: string; missing: string[] }
  /** What could not be checked, a sentence each. */
  unchecked?: string[]
  nextAction?: NextAction
}

/** From here on a cause is named without reservation. */
const namedLikelihood = 0.5

/**
 * @param input.title begins the conclusion, when given
 * @param input.actionStep id of the step that asks people whether to switch traffic
 * @param input.actionRunbook name of a runbook that switches traffic
 */
export function conclude(
  { title, actionStep, actionRunbook }: { title?: string; actionStep?: string; actionRunbook?: string },
  context: ComputeContext,
): StepResult<'abnormal' | 'normal' | 'inconclusive', Report> {
  const places = { step: actionStep || null, runbook: actionRunbook || null }
  const made = reportOf(readFindings(context.steps), places)
  const report = title ? { ...made, conclusion: `${title}: ${made.conclusion}` } : made
  const { verdict, hypotheses, conclusion } = report
  return { outcome: verdict.value, output: report, summary: conclusion, verdict, hypotheses, report }
}

function reportOf(findings: Findings, places: ActionPlaces): Report {
  const merged = mergeHypotheses(weighHypotheses(mergeHypotheses(findings.hypotheses), findings))
  const value = valueOf(findings)
  const top = merged[0]
  const cause = value === 'abnormal' && top && top.kind !== 'load-test' && top.likelihood > 0 ? top : null
  const isNamed = cause !== null && cause.likelihood >= namedLikelihood
  const text =
    value === 'abnormal'
      ? concludeAbnormal(findings, cause, isNamed)
      : value === 'normal'
        ? concludeNormal(findings, merged)
        : concludeInconclusive(findings)
  const action = nextAction(findings, { value, cause }, places)
  return {
    verdict: verdictOf(findings, value, cause?.likelihood ?? null),
    conclusion: text.conclusion,
    why: text.why,
    since: value === 'abnormal' ? findings.since : null,
    cause: value === 'abnormal' ? cause : null,
    hypotheses: merged,
    scope: value === 'abnormal' ? scopeOf(findings) : scopeOf(findings).slice(0, 1),
    evidenceSteps: evidenceSteps(findings, cause?.key ?? null),
    ...(findings.cut.length === 0 ? {} : { incomplete: incompleteOf(findings) }),
    ...(findings.unchecked.length === 0 ? {} : { unchecked: findings.unchecked }),
    ...(action === null ? {} : { nextAction: action }),
  }
}

function valueOf({ judges }: Findings): Verdict['value'] {
  const values = judges.map(({ verdict }) => verdict.value)
  if (values.includes('abnormal')) return 'abnormal'
  return values.length === 0 || values.includes('inconclusive') ? 'inconclusive' : 'normal'
}

function verdictOf({ judges }: Findings, value: Verdict['value'], likelihood: number | null): Verdict {
  const deciding = judges.filter(({ verdict }) => verdict.value === value)
  const sure = deciding.map(({ verdict }) => verdict.confidence)
  const ages = judges.map(({ verdict }) => verdict.quality.freshnessSeconds)
  const resolutions = judges.flatMap(({ verdict }) => verdict.quality.resolutionSeconds ?? [])
  const confidence = confidenceOf(value, sure, likelihood)
  // What one of them could not see lowers what all of them say.
  const unseen = value === 'abnormal' && judges.some(({ verdict }) => verdict.value === 'inconclusive')
  return {
    value,
    confidence: unseen ? confidence * 0.7 : confidence,
    reasons: [...new Set(deciding.flatMap(({ verdict }) => verdict.reasons))],
    quality: {
      completeness: Math.min(1, ...judges.map(({ verdict }) => verdict.quality.completeness)),
      freshnessSeconds:
        ages.some((age) => age === null) || ages.length === 0 ? null : Math.max(...ages.map((age) => age ?? 0)),
      ...(resolutions.length === 0 ? {} : { resolutionSeconds: Math.max(...resolutions) }),
      notes: [...new Set(judges.flatMap(({ verdict }) => verdict.quality.notes))],
    },
  }
}

function confidenceOf(value: Verdict['value'], sure: number[], likelihood: number | null): number {
  if (sure.length === 0) return 1
  switch (value) {
    case 'abnormal':
      // That something is wrong and why are two claims; the conclusion makes both.
      return Math.max(...sure) * (likelihood ?? 0.5)
    case 'normal':
    case 'inconclusive':
      return Math.min(...sure)
  }
}

const incompleteOf = ({ cut }: Findings): NonNullable<Report['incomplete']> => ({
  reason: `The time was up before ${cut.length === 1 ? 'one step' : `${cut.length} steps`} had ended.`,
  missing: cut,
})

function scopeOf({ loss, chain, entities, place }: Findings): Report['scope'] {
  if (!loss) return chain === null ? entityScope(entities, place) : [{ label: 'Chain', value: chain }]
  const { entity, localised, lostPerMinute, owner } = loss
  const rows: [string, string | null][] = [
    ['Chain', loss.chainTitle],
    ['Entity', entity],
    ['Hosts', localised && localised.hosts.length > 0 ? localised.hosts.join(', ') : null],
    ['Zone', localised?.zone ?? null],
    ['Version', localised?.version ?? null],
    ['Lost per minute', lostPerMinute > 0 ? lostPerMinute.toFixed(1) : null],
    ['Owner', owner],
  ]
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]))
}

function entityScope(entities: Findings['entities'], place: Findings['place']): Report['scope'] {
  const [felt] = entities
  const { hosts = [], zone = null, version = null } = place?.localised ?? {}
  const rows: [string, string | null | undefined][] = [
    ['Entity', felt?.entity ?? place?.entity],
    ['Fault in', place && place.entity !== felt?.entity ? place.entity : null],
    ['Hosts', hosts.length > 0 ? hosts.join(', ') : null],
    ['Zone', zone],
    ['Version', version],
    ['Owner', place?.owner ?? felt?.owner],
  ]
  return rows.flatMap(([label, value]) => (value ? [{ label, value }] : []))
}

/** Those that speak for the cause first, then those that found something, then the rest. */
function evidenceSteps({ steps }: Findings, causeKey: string | null): string[] {
  const weight = ({ result }: Findings['steps'][number]) => {
    const speaks =
      causeKey !== null && (result.hypotheses ?? []).some(({ key, likelihood }) => key === causeKey && likelihood > 0)
    return (speaks ? 4 : 0) + (result.verdict?.value === 'abnormal' ? 2 : 0) + (result.verdict ? 1 : 0)
  }
  return steps
    .filter(({ result }) => (result.evidence ?? []).length > 0)
    .toSorted((a, b) => weight(b) - weight(a))
    .map(({ id }) => id)
}
