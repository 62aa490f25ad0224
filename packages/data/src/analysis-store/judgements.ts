/** Verdicts of steps and runs as time series. */
import { stepIdOf, type StepState, type VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import type { KeptMeasure } from './analysis-table.ts'

/** Times are unix milliseconds. */
export interface AnalysisSeries {
  measure: string
  labels: Record<string, string>
  points: [t: number, value: number][]
}

/** What a step or a run came to. */
export interface Judgement {
  of: 'step' | 'run'
  runbook: string
  environment: string
  /** Empty of a run. */
  step: string
  type: string
  /** What was judged: the entity, chain or measure; empty when there is no such one. */
  subject: string
  /** Of the moment that was judged, unix milliseconds. */
  at: number
  verdict: VerdictValue
  /** Of a step; null of a run, whose report is made of many. */
  confidence: number | null
  completeness: number | null
  /** Against what was expected: -0.1 is a tenth below; null when the step says none. */
  deviation: number | null
  /** How long the run took; null of a step. */
  seconds: number | null
}

/** What a run is, for the labels of its verdicts. */
export interface JudgedRun {
  runbook: string
  environment: string
  asOf: number
}

const subjectInput = z.object({
  entity: z.string().optional().catch(undefined),
  chain: z.string().optional().catch(undefined),
  measure: z.string().optional().catch(undefined),
})
const deviationOutput = z.object({ deviation: z.number() })

/** Null for a step that has not ended with a verdict. */
export function judgementOf(
  run: JudgedRun,
  step: { stepId: string; type: string; state: StepState },
): Judgement | null {
  const { state } = step
  if (state.status !== 'done' || !state.result.verdict) return null
  const input = subjectInput.safeParse(state.input).data
  return {
    ...labelsOfRun(run),
    of: 'step',
    step: stepIdOf(step.stepId),
    type: step.type,
    subject: input?.entity ?? input?.chain ?? input?.measure ?? '',
    verdict: state.result.verdict.value,
    confidence: state.result.verdict.confidence,
    completeness: state.result.verdict.quality.completeness,
    deviation: deviationOutput.safeParse(state.result.output).data?.deviation ?? null,
    seconds: null,
  }
}

/** What a run concluded, once it has ended. */
export function conclusionOf(run: JudgedRun, end: { verdict: VerdictValue; seconds: number }): Judgement {
  const unknown = { confidence: null, completeness: null, deviation: null }
  return { ...labelsOfRun(run), ...unknown, of: 'run', step: '', type: '', subject: '', ...end }
}

const labelsOfRun = ({ runbook, environment, asOf }: JudgedRun) => ({ runbook, environment, at: asOf })

/** As they are kept. The moment that was judged is the time, so a run that is repeated on the same data says the same again and counts once. */
export function seriesOfJudgements(judgements: readonly Judgement[]): AnalysisSeries[] {
  return judgements.flatMap((judgement) => {
    const labels = keptLabels(judgement)
    const one = (measure: KeptMeasure, value: number | null, more = {}): AnalysisSeries[] =>
      value === null ? [] : [{ measure, labels: { ...labels, ...more }, points: [[judgement.at, value]] }]
    return [
      ...one('verdict', 1, { verdict: judgement.verdict }),
      ...one('confidence', judgement.confidence),
      ...one('completeness', judgement.completeness),
      ...one('deviation', judgement.deviation),
      ...one('seconds', judgement.seconds),
    ]
  })
}

/** As a metrics store wants them: levels, since it makes rates only of counters that rise. An inconclusive verdict is no 0. */
export function metricsOfJudgements(judgements: readonly Judgement[]): AnalysisSeries[] {
  return judgements.flatMap((judgement) => {
    const labels = keptLabels(judgement)
    const one = (name: string, value: number | null): AnalysisSeries[] =>
      value === null ? [] : [{ measure: `tenon_${name}`, labels, points: [[judgement.at, value]] }]
    const isKnown = judgement.verdict !== 'inconclusive'
    return [
      ...one('abnormal', isKnown ? Number(judgement.verdict === 'abnormal') : null),
      ...one('inconclusive', isKnown ? 0 : 1),
      ...one('confidence', judgement.confidence),
      ...one('completeness', judgement.completeness),
      ...one('deviation', judgement.deviation),
      ...one('run_seconds', judgement.seconds),
    ]
  })
}

/** Without those that are empty, which metrics stores do not tell from absent ones. */
function keptLabels({ of, runbook, environment, step, type, subject }: Judgement): Record<string, string> {
  const all = { of, runbook, environment, step, type, subject }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}
