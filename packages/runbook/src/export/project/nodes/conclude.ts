/** Joins what all steps before found into one report: a verdict, one sentence with the likeliest cause, and every cause that was considered. */
import type { ComputeContext } from '../flow/running-flow.ts'
import type { Hypothesis, StepResult, Verdict } from '../flow/step.ts'

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
}

/** What of a chain's loss a report speaks of. */
interface Loss {
  chain: string
  chainTitle: string
  entity: string | null
  since: string | null
  expected: number | null
  actual: number | null
  deviation: number | null
  lostPerMinute: number
  parts: { title: string; change: number; verdict: Verdict['value'] }[]
  localised: { zone: string | null; hosts: string[]; version: string | null } | null
  owner: string | null
}

interface Dependency {
  chain: string
  source: { title: string; verdict: Verdict['value']; deviation: number | null }
}

interface Findings {
  steps: ComputeContext['steps']
  judges: { id: string; title: string; summary: string; verdict: Verdict }[]
  loss: Loss | null
  dependency: Dependency | null
  changes: { id: string; secondsBeforeOnset: number }[]
  since: string | null
}

/** From here on a cause is named without reservation. */
const namedLikelihood = 0.5

export function conclude(
  { title }: { title?: string },
  context: ComputeContext,
): StepResult<'abnormal' | 'normal' | 'inconclusive', Report> {
  const made = reportOf(readFindings(context.steps))
  const report = title ? { ...made, conclusion: `${title}: ${made.conclusion}` } : made
  const { verdict, hypotheses, conclusion } = report
  return { outcome: verdict.value, output: report, summary: conclusion, verdict, hypotheses, report }
}

function reportOf(findings: Findings): Report {
  const hypotheses = mergeHypotheses(findings.steps.flatMap(({ result }) => result.hypotheses ?? []))
  const value = valueOf(findings)
  const [top] = hypotheses
  const cause = value === 'abnormal' && top && top.kind !== 'load-test' && top.likelihood > 0 ? top : null
  const words =
    value === 'abnormal'
      ? concludeAbnormal(findings, cause)
      : value === 'normal'
        ? concludeNormal(findings, hypotheses)
        : concludeInconclusive(findings)
  return {
    verdict: verdictOf(findings, value, cause?.likelihood ?? null),
    ...words,
    since: value === 'abnormal' ? findings.since : null,
    cause,
    hypotheses,
    scope: value === 'abnormal' ? scopeOf(findings) : scopeOf(findings).slice(0, 1),
    evidenceSteps: evidenceSteps(findings, cause?.key ?? null),
  }
}

function readFindings(ended: ComputeContext['steps']): Findings {
  // An earlier conclusion is no finding of its own.
  const steps = ended.filter(({ result }) => result.report === undefined)
  const outputs: unknown[] = steps.map(({ result }) => result.output).toReversed()
  const loss = outputs.find(isLoss) ?? null
  const onsets = steps.flatMap(({ result: { output, verdict } }) =>
    verdict?.value === 'abnormal' && isRecord(output) && typeof output['since'] === 'string' ? [output['since']] : [],
  )
  return {
    steps,
    judges: steps.flatMap(({ id, title, result: { summary, verdict } }) =>
      verdict ? [{ id, title, summary, verdict }] : [],
    ),
    loss,
    dependency: outputs.find(isDependency) ?? null,
    changes: outputs.find(isChanges)?.ranked ?? [],
    since: loss?.since ?? onsets.sort()[0] ?? null,
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
function isLoss(output: unknown): output is Loss {
  return isRecord(output) && 'chainTitle' in output && 'lostPerMinute' in output && Array.isArray(output['parts'])
}
function isDependency(output: unknown): output is Dependency {
  return isRecord(output) && 'chain' in output && isRecord(output['source']) && Array.isArray(output['steps'])
}
function isChanges(output: unknown): output is { ranked: { id: string; secondsBeforeOnset: number }[] } {
  return isRecord(output) && 'top' in output && Array.isArray(output['ranked'])
}

function valueOf({ judges }: Findings): Verdict['value'] {
  const values = judges.map(({ verdict }) => verdict.value)
  if (values.includes('abnormal')) return 'abnormal'
  // What could not be seen is not normal.
  return values.length === 0 || values.includes('inconclusive') ? 'inconclusive' : 'normal'
}

function verdictOf({ judges }: Findings, value: Verdict['value'], likelihood: number | null): Verdict {
  const deciding = judges.filter(({ verdict }) => verdict.value === value).map(({ verdict }) => verdict)
  const sure = deciding.map(({ confidence }) => confidence)
  const ages = judges.map(({ verdict }) => verdict.quality.freshnessSeconds)
  const resolutions = judges.flatMap(({ verdict }) => verdict.quality.resolutionSeconds ?? [])
  // That something is wrong and why are two claims; the conclusion makes both.
  const confidence =
    sure.length === 0 ? 1 : value === 'abnormal' ? Math.max(...sure) * (likelihood ?? 0.5) : Math.min(...sure)
  const isUnseen = value === 'abnormal' && judges.some(({ verdict }) => verdict.value === 'inconclusive')
  return {
    value,
    confidence: isUnseen ? confidence * 0.7 : confidence,
    reasons: unique(deciding.flatMap(({ reasons }) => reasons)),
    quality: {
      completeness: Math.min(1, ...judges.map(({ verdict }) => verdict.quality.completeness)),
      freshnessSeconds:
        ages.some((age) => age === null) || ages.length === 0 ? null : Math.max(...ages.map((age) => age ?? 0)),
      ...(resolutions.length === 0 ? {} : { resolutionSeconds: Math.max(...resolutions) }),
      notes: unique(judges.flatMap(({ verdict }) => verdict.quality.notes)),
    },
  }
}

function scopeOf({ loss, dependency }: Findings): Report['scope'] {
  const rows: [string, string | null][] = loss
    ? [
        ['Chain', loss.chainTitle],
        ['Entity', loss.entity],
        ['Hosts', loss.localised && loss.localised.hosts.length > 0 ? loss.localised.hosts.join(', ') : null],
        ['Zone', loss.localised?.zone ?? null],
        ['Version', loss.localised?.version ?? null],
        ['Lost per minute', loss.lostPerMinute > 0 ? loss.lostPerMinute.toFixed(1) : null],
        ['Owner', loss.owner],
      ]
    : [['Chain', dependency?.chain ?? null]]
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]))
}

/** Those that speak for the cause first, then those that found something, then the rest. */
function evidenceSteps({ steps }: Findings, cause: string | null): string[] {
  const weight = ({ result }: Findings['steps'][number]): number => {
    const speaks =
      cause !== null && (result.hypotheses ?? []).some(({ key, likelihood }) => key === cause && likelihood > 0)
    return (speaks ? 4 : 0) + (result.verdict?.value === 'abnormal' ? 2 : 0) + (result.verdict ? 1 : 0)
  }
  const shown = steps.filter(({ result }) => (result.evidence ?? []).length > 0)
  return shown.toSorted((a, b) => weight(b) - weight(a)).map(({ id }) => id)
}

/** Likeliest first. Equal keys are one cause; so are equal sentences, of which the likelier key stays. What is ruled out comes last. */
function mergeHypotheses(all: readonly Hypothesis[]): Hypothesis[] {
  const byKey = mergeBy(all, ({ key }) => key)
  const out = byKey.filter(({ likelihood }) => likelihood === 0)
  const possible = mergeBy(
    byKey.filter(({ likelihood }) => likelihood !== 0),
    ({ cause }) => cause,
  )
  return [...possible.toSorted((a, b) => b.likelihood - a.likelihood), ...out]
}

function mergeBy(all: readonly Hypothesis[], identity: (one: Hypothesis) => string): Hypothesis[] {
  return [...Map.groupBy(all, identity).values()].map((same) => {
    const [first, ...others] = same.toSorted((a, b) => b.likelihood - a.likelihood)
    return others.reduce(
      (merged, { supports, against }) => ({
        ...merged,
        supports: unique([...merged.supports, ...supports]),
        against: unique([...merged.against, ...against]),
      }),
      first!,
    )
  })
}

// The words of a report

type Words = Pick<Report, 'conclusion' | 'why'>

function concludeAbnormal(findings: Findings, cause: Hypothesis | null): Words {
  const what = headline(findings)
  const began = beganText(findings, cause)
  const why = whyAbnormal(findings, cause)
  if (cause === null) return { conclusion: `${what}; no cause was found${began}.`, why }
  const isNamed = cause.likelihood >= namedLikelihood
  const because = isNamed ? ` because ${cause.cause}` : `; the cause is not certain, most likely ${cause.cause}`
  return { conclusion: `${what}${because}${began}.`, why }
}

function concludeNormal({ loss, judges }: Findings, hypotheses: Hypothesis[]): Words {
  const loadTest = hypotheses.find(({ kind, likelihood }) => kind === 'load-test' && likelihood > 0)
  const why = judges.map(({ title, summary }) => `${title} ${summary}.`).join(' ')
  if (loadTest) return { conclusion: `Nothing is wrong: ${loadTest.cause}, and nothing is lost.`, why }
  if (loss && loss.actual !== null && loss.expected !== null) {
    const figures = `${loss.actual.toFixed(0)} a minute, expected ${loss.expected.toFixed(0)}`
    return { conclusion: `Nothing is wrong: ${lower(plural(loss.chainTitle))} are as expected (${figures}).`, why }
  }
  return { conclusion: `Nothing is wrong: ${judges.map(({ summary }) => lower(summary)).join('; ')}.`, why }
}

function concludeInconclusive({ judges }: Findings): Words {
  const unseen = judges.filter(({ verdict }) => verdict.value === 'inconclusive')
  const reason = unseen[0]?.verdict.reasons[0]
  if (reason === undefined) {
    const why = 'A conclusion needs at least one step that judges; none has ended.'
    return { conclusion: 'Inconclusive: no step has judged anything.', why }
  }
  const others = judges.filter(({ verdict }) => verdict.value === 'normal').map(({ title }) => title)
  const seen = others.length > 0 ? ` Nothing was found by ${listText(others)}.` : ''
  const reasons = unique(unseen.flatMap(({ verdict }) => verdict.reasons))
  return { conclusion: `Inconclusive: ${lower(reason)}.`, why: `${reasons.slice(0, 2).join('. ')}.${seen}` }
}

function headline({ loss, dependency, judges }: Findings): string {
  const lost = loss?.parts.filter(({ verdict }) => verdict === 'abnormal') ?? []
  if (loss && loss.expected !== null && loss.expected > 0 && lost.length > 0) {
    const change = lost.reduce((sum, part) => sum + part.change, 0)
    return `${plural(loss.chainTitle)} fell ${percent(change / loss.expected)}`
  }
  const source = dependency?.source
  if (source && source.deviation !== null && source.verdict === 'abnormal')
    return `${source.title} fell ${percent(source.deviation)}`
  return judges.find(({ verdict }) => verdict.value === 'abnormal')?.summary ?? 'Something is abnormal'
}

function beganText({ changes, since }: Findings, cause: Hypothesis | null): string {
  const change = changes.find(({ id }) => cause?.key === `change:${id}`)
  if (change && change.secondsBeforeOnset < 0) return `; it began as change ${change.id} did`
  if (change) return `; it began ${spanText(change.secondsBeforeOnset)} after change ${change.id}`
  return since === null ? '' : `; it began at ${since.slice(11, 16)} UTC`
}

function whyAbnormal({ loss, judges }: Findings, cause: Hypothesis | null): string {
  const sentences: string[] = []
  if (loss) sentences.push(partsText(loss))
  else sentences.push(...judges.filter(({ verdict }) => verdict.value === 'abnormal').map(({ summary }) => summary))
  const support = cause?.supports[0]
  if (support) sentences.push(`${support[0]?.toUpperCase() ?? ''}${support.slice(1)}`)
  const unseen = judges
    .filter(({ verdict }) => verdict.value === 'inconclusive')
    .flatMap(({ verdict }) => verdict.reasons[0] ?? [])
  if (unseen[0]) sentences.push(`Not seen: ${lower(unseen[0])}`)
  return sentences.map((sentence) => `${sentence}.`).join(' ')
}

function partsText({ parts, expected, deviation }: Loss): string {
  const normal = parts.filter(({ verdict }) => verdict === 'normal').map(({ title }) => title)
  const abnormal = parts.filter(({ verdict }) => verdict === 'abnormal')
  const points = (change: number): string => ((-change / Math.max(expected ?? 0, 1e-9)) * 100).toFixed(1)
  const lost = listText(abnormal.map(({ title, change }) => `${title} lost ${points(change)} points`))
  const whole =
    deviation === null ? '' : ` (in all ${percent(deviation)} ${deviation < 0 ? 'below' : 'above'} expected)`
  const where = abnormal.length > 0 ? `${lost}${whole}` : 'no single step holds the loss'
  return normal.length > 0 ? `${listText(normal)} ${normal.length === 1 ? 'is' : 'are'} as expected; ${where}` : where
}

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]
const percent = (share: number): string => `${(Math.abs(share) * 100).toFixed(Math.abs(share) < 0.9995 ? 1 : 0)} %`
const plural = (title: string): string => (/s$/i.test(title) ? title : `${title}s`)
const lower = (text: string): string => (/^[A-Z][a-z]/.test(text) ? `${text[0]!.toLowerCase()}${text.slice(1)}` : text)

function spanText(span: number): string {
  const seconds = Math.round(Math.abs(span))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1).replace('.0', '')} h`
}

/** `a`, `a and b`, `a, b and c`; from five on `a, b, c and 2 more`. */
function listText(items: readonly string[]): string {
  if (items.length > 4) return `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
