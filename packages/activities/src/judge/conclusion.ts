/** The words of a report: one sentence that concludes, one or two that say why. Pure. */
import type { Hypothesis } from '@tenon/runbook'
import type { ChainLossOutput } from '../nodes/judge/chain-loss-output.ts'
import { listText, lower, percent, plural, sentence, spanText } from './figures.ts'
import type { Findings } from './findings.ts'

export interface Words {
  conclusion: string
  why: string
}

export function concludeAbnormal(findings: Findings, cause: Hypothesis | null, isNamed: boolean): Words {
  const what = headline(findings)
  const began = beganText(findings, cause)
  if (cause === null)
    return { conclusion: sentence(`${what}; no cause was found${began}`), why: whyAbnormal(findings, null) }
  if (isNamed && tellsItself(findings, cause))
    return { conclusion: sentence(`${capital(cause.cause)}${began}`), why: whyAbnormal(findings, cause) }
  const because = isNamed ? ` because ${cause.cause}` : `; the cause is not certain, most likely ${cause.cause}`
  return { conclusion: sentence(`${what}${because}${began}`), why: whyAbnormal(findings, cause) }
}

/** Where nothing else was felt, the cause says all that the headline would: that a host differs, or what is full. */
function tellsItself({ entities, place }: Findings, cause: Hypothesis): boolean {
  const [felt] = entities
  if (!felt) return false
  return (
    (felt.headline === place?.headline && cause.cause === place.cause) || cause.key === `capacity:${felt.entity ?? ''}`
  )
}

export function concludeNormal(findings: Findings, hypotheses: Hypothesis[]): Words {
  const { loss, judges } = findings
  const loadTest = hypotheses.find(({ kind, likelihood }) => kind === 'load-test' && likelihood > 0)
  const why = judges.map(({ title, summary }) => sentence(`${title} ${summary}`)).join(' ')
  if (loadTest) return { conclusion: `Nothing is wrong: ${loadTest.cause}, and nothing is lost.`, why }
  if (loss && loss.actual !== null && loss.expected !== null) {
    const figures = `${loss.actual.toFixed(0)} a minute, expected ${loss.expected.toFixed(0)}`
    return { conclusion: `Nothing is wrong: ${lower(plural(loss.chainTitle))} are as expected (${figures}).`, why }
  }
  return { conclusion: sentence(`Nothing is wrong: ${judges.map(({ summary }) => lower(summary)).join('; ')}`), why }
}

export function concludeInconclusive({ judges, cut }: Findings): Words {
  const unseen = judges.filter(({ verdict }) => verdict.value === 'inconclusive')
  const reason = unseen[0]?.verdict.reasons[0]
  if (reason === undefined) {
    const why = 'A conclusion needs at least one step that judges; none has ended.'
    return { conclusion: 'Inconclusive: no step has judged anything.', why }
  }
  if (cut.length > 0) {
    const what = `${listText(cut)} had not ended when the time was up`
    return { conclusion: `Inconclusive: ${what}.`, why: 'What had ended by then found nothing wrong.' }
  }
  const others = judges.filter(({ verdict }) => verdict.value === 'normal').map(({ title }) => title)
  const seen = others.length > 0 ? ` Nothing was found by ${listText(others)}.` : ''
  const reasons = [...new Set(unseen.flatMap(({ verdict }) => verdict.reasons))]
  return {
    conclusion: sentence(`Inconclusive: ${lower(reason)}`),
    why: `${reasons.slice(0, 2).map(sentence).join(' ')}${seen}`,
  }
}

/**
 * How far the volume fell because of what is wrong: the parts found abnormal. The whole change also holds what came in above or below
 * expected within noise, which over a few minutes is some per cent and has nothing to do with the cause.
 */
function headline({ loss, dependency, judges, entities }: Findings): string {
  const abnormal = loss?.parts.filter(({ verdict }) => verdict === 'abnormal') ?? []
  if (loss && loss.expected !== null && loss.expected > 0 && abnormal.length > 0)
    return `${plural(loss.chainTitle)} fell ${percent(sumOf(abnormal) / loss.expected)}`
  if (dependency && dependency.source.deviation !== null && dependency.source.verdict === 'abnormal')
    return `${dependency.source.title} fell ${percent(dependency.source.deviation)}`
  const [felt] = entities
  if (felt?.headline) return felt.headline
  return judges.find(({ verdict }) => verdict.value === 'abnormal')?.summary ?? 'Something is abnormal'
}

const sumOf = (parts: { change: number }[]): number => parts.reduce((sum, { change }) => sum + change, 0)

function beganText({ changes, since }: Findings, cause: Hypothesis | null): string {
  const change = changes?.ranked.find(({ id }) => cause?.key === `change:${id}`)
  if (change) {
    const span = spanText(change.secondsBeforeOnset * 1000)
    if (change.secondsBeforeOnset < 5) return `; it began as change ${change.id} did`
    return `; it began ${span} after change ${change.id}`
  }
  return since === null ? '' : `; it began at ${since.slice(11, 16)} UTC`
}

/** What was found normal, and where the loss is. */
function whyAbnormal(findings: Findings, cause: Hypothesis | null): string {
  const { loss, judges } = findings
  const sentences: string[] = []
  if (loss) sentences.push(partsText(loss))
  else sentences.push(...judges.filter(({ verdict }) => verdict.value === 'abnormal').map(({ summary }) => summary))
  const support = cause?.supports[0]
  if (support) sentences.push(capital(support))
  const unseen = judges
    .filter(({ verdict }) => verdict.value === 'inconclusive')
    .flatMap(({ verdict }) => verdict.reasons[0] ?? [])
  if (unseen[0]) sentences.push(`Not seen: ${lower(unseen[0])}`)
  return sentences.map(sentence).join(' ')
}

function partsText({ parts, expected, deviation }: ChainLossOutput): string {
  const normal = parts.filter(({ verdict }) => verdict === 'normal').map(({ title }) => title)
  const abnormal = parts.filter(({ verdict }) => verdict === 'abnormal')
  const points = (change: number) => ((-change / Math.max(expected ?? 0, 1e-9)) * 100).toFixed(1)
  const lost = listText(abnormal.map(({ title, change }) => `${title} lost ${points(change)} points`))
  const whole =
    deviation === null ? '' : ` (in all ${percent(deviation)} ${deviation < 0 ? 'below' : 'above'} expected)`
  const where = abnormal.length > 0 ? `${lost}${whole}` : 'no single step holds the loss'
  return normal.length > 0 ? `${listText(normal)} ${normal.length === 1 ? 'is' : 'are'} as expected; ${where}` : where
}

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
