import type { Evidence, Verdict, VerdictValue } from '@tenon/runbook'
import { worstQuality } from '@tenon/data'
import * as z from 'zod'
import { chainField, windowField, windowMinutes } from '../../input-fields.ts'
import { attributeLoss } from '../../judge/attribute-loss.ts'
import { eventsLacking, type Lacking } from '../../judge/events-lacking.ts'
import { seriesEvidence } from '../../judge/fetch-and-judge.ts'
import { listText, percent } from '../../judge/figures.ts'
import {
  isDown,
  isUp,
  judgeChain,
  nameOf,
  unseenReason,
  type JudgedChain,
  type JudgedStep,
} from '../../judge/judge-chain.ts'
import { eventsOf, loadTestHypothesis, sourceHypothesis } from '../../judge/source-hypotheses.ts'
import { findSurplus, type Surplus } from '../../judge/surplus.ts'
import { defineNode } from '../../node.ts'
import { businessDependencyOutput, type BusinessDependencyOutput } from './business-dependency-output.ts'

export const businessDependency = defineNode({
  type: 'judge.business-dependency',
  version: 1,
  title: 'Is the source down?',
  description:
    'Judges every step of a business chain against the same time of earlier days: whether less comes in at its source, or a step inside it fell. A drop that leaves too few events to see whether the inside is well is "inconclusive", and says how many more are needed.',
  group: 'judge',
  icon: 'waypoints',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'source-down', tone: 'abnormal', meaning: 'Less comes in at the source than expected.' },
    {
      name: 'step-down',
      tone: 'abnormal',
      meaning: 'The source is as expected, and a step after it completes less of what comes in.',
    },
    {
      name: 'normal',
      tone: 'normal',
      meaning: 'The source is as expected or above, and every step completes its usual share.',
    },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'A step cannot be judged; the reasons say what is missing.',
    },
  ],
  mainInput: 'chain',
  input: z.object({ chain: chainField, window: windowField }),
  output: businessDependencyOutput,
  async run(ctx, input) {
    const judged = await judgeChain(ctx.data, input.chain, {
      windowMinutes: windowMinutes(input.window),
      asOf: ctx.asOf,
    })
    const minutes = judged.windowMinutes
    const lacking = eventsLacking(judged, ctx.asOf, minutes)
    const [surplus, changes] = await Promise.all([
      findSurplus(ctx.data, judged.source, ctx.asOf),
      ctx.changes.between(ctx.asOf - 6 * 3_600_000, ctx.asOf),
    ])
    const losing = (attributeLoss(judged, ctx.asOf, minutes)?.losing ?? []).map(({ id }) => id)
    const outcome = outcomeOf(judged, lacking, losing)
    const verdict = verdictOf(judged, { outcome, lacking, losing })
    const loadTest = loadTestHypothesis(judged.source.step.entity, surplus, { changes, asOf: ctx.asOf })
    return {
      outcome,
      output: outputOf(judged, verdict.value),
      summary: summaryOf(judged, {
        outcome,
        lacking,
        surplus,
        losing,
        name: nameOf(ctx.data.model, judged.source.step.entity),
      }),
      verdict,
      evidence: [stepsTable(judged), ...[judged.source, judged.last].map((step) => chartOf(step))],
      hypotheses: [
        sourceHypothesis(ctx.data.model, judged.source, lacking ? 0.4 : 0.5),
        ...(loadTest ? [loadTest] : []),
      ],
    }
  },
})

type Outcome = 'source-down' | 'step-down' | 'normal' | 'inconclusive'

/** @param losing ids of the steps whose conversion fell: volumes of the others only follow what comes in, noise included. */
function outcomeOf({ source, steps }: JudgedChain, lacking: Lacking | null, losing: string[]): Outcome {
  if (lacking) return 'inconclusive'
  if (isDown(source)) return 'source-down'
  if (source.judged.judgement.value === 'inconclusive') return 'inconclusive'
  if (losing.length > 0) return 'step-down'
  return steps.some(({ judged }) => judged.judgement.value === 'inconclusive') ? 'inconclusive' : 'normal'
}

function verdictOf(
  { source, steps }: JudgedChain,
  { outcome, lacking, losing }: { outcome: Outcome; lacking: Lacking | null; losing: string[] },
): Verdict {
  const all = [source, ...steps]
  const quality = worstQuality(all.map(({ judged }) => judged.judgement.quality))
  const reasonsOf = (chosen: JudgedStep[]) =>
    chosen.map(({ step, judged }) => `${step.title}: ${judged.judgement.reasons[0] ?? judged.judgement.value}`)
  const sure = (chosen: JudgedStep[]) => chosen.map(({ judged }) => judged.judgement.confidence)
  switch (outcome) {
    case 'source-down':
      return {
        value: 'abnormal',
        confidence: source.judged.judgement.confidence,
        reasons: reasonsOf(all.filter(isDown)),
        quality,
      }
    case 'step-down': {
      // A loss shows in the conversion before it shows in the volume.
      const down = steps.filter((one) => isDown(one) || losing.includes(one.step.id))
      return {
        value: 'abnormal',
        confidence: Math.max(0.9, ...sure(down.filter(isDown))),
        reasons: reasonsOf(down),
        quality,
      }
    }
    case 'normal':
      return { value: 'normal', confidence: Math.min(...sure(all)), reasons: reasonsOf(all), quality }
    case 'inconclusive': {
      const unseen = all.filter(({ judged }) => judged.judgement.value === 'inconclusive')
      const few = lacking
        ? [
            `Only ${lacking.events} ${eventsOf(source.judged.unit)} in ${lacking.minutes} min, ${percent(source.judged.judgement.deviation ?? 0)} fewer than expected: ${lacking.lacking} more events are needed to tell whether the chain loses any`,
          ]
        : []
      return { value: 'inconclusive', confidence: 1, reasons: [...few, ...unseen.map(unseenReason)], quality }
    }
  }
}

function outputOf({ chain, source, steps }: JudgedChain, verdict: VerdictValue): BusinessDependencyOutput {
  const describe = ({ step, judged: { judgement } }: JudgedStep) => ({
    id: step.id,
    title: step.title,
    entity: step.entity,
    // More than expected is abnormal only as a number.
    verdict: judgement.value === 'abnormal' && (judgement.deviation ?? 0) > 0 ? ('normal' as const) : judgement.value,
    deviation: judgement.deviation,
    onset: judgement.onset === null ? null : new Date(judgement.onset).toISOString(),
  })
  const onsets =
    verdict !== 'abnormal'
      ? []
      : [source, ...steps].flatMap((one) => (isDown(one) ? (one.judged.judgement.onset ?? []) : []))
  const { actual, expected } = source.judged.judgement
  return {
    chain: chain.id,
    verdict,
    since: onsets.length === 0 ? null : new Date(Math.min(...onsets)).toISOString(),
    source: { ...describe(source), actual, expected },
    steps: steps.map(describe),
  }
}

function summaryOf(
  { source, steps }: JudgedChain,
  found: { outcome: Outcome; lacking: Lacking | null; surplus: Surplus | null; losing: string[]; name: string },
): string {
  const { outcome, lacking, surplus, losing, name } = found
  const events = eventsOf(source.judged.unit)
  const gap = percent(source.judged.judgement.deviation ?? 0)
  switch (outcome) {
    case 'source-down':
      return `${name} sends ${gap} fewer ${events}`
    case 'step-down': {
      const titles = steps.filter(({ step }) => losing.includes(step.id)).map(({ step }) => step.title)
      return `${name} is as expected; ${listText(titles)} ${titles.length === 1 ? 'completes' : 'complete'} less than comes in`
    }
    case 'normal':
      return surplus && isUp(source)
        ? `${name} sends ${gap} more ${events}; no step is below expected`
        : 'Source and steps are as expected'
    case 'inconclusive': {
      if (lacking)
        return `${lacking.lacking} more events are needed: only ${lacking.events} ${events} in ${lacking.minutes} min`
      const unseen = [source, ...steps].filter(({ judged }) => judged.judgement.value === 'inconclusive')
      return `Cannot judge ${listText(unseen.map(({ step }) => step.title))}`
    }
  }
}

const chartOf = ({ step, judged }: JudgedStep): Evidence =>
  seriesEvidence(judged, { id: `volume-${step.id}`, title: step.title })

function stepsTable({ source, steps }: JudgedChain): Evidence {
  const round = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10)
  return {
    id: 'steps',
    kind: 'table',
    title: 'Steps of the chain',
    columns: [
      { key: 'step', label: 'Step' },
      { key: 'actual', label: 'Now', unit: 'events/min' },
      { key: 'expected', label: 'Expected', unit: 'events/min' },
      { key: 'deviation', label: 'Deviation', unit: '%' },
      { key: 'verdict', label: 'Verdict' },
    ],
    rows: [source, ...steps].map((one) => {
      const { actual, expected, deviation, value } = one.judged.judgement
      const verdict = isUp(one) ? 'above expected' : value
      return {
        step: one.step.title,
        actual: round(actual),
        expected: round(expected),
        deviation: round(deviation === null ? null : deviation * 100),
        verdict,
      }
    }),
  }
}
