import { verdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { measureField, whereField, windowField, windowMinutes } from '../../input-fields.ts'
import { fetchAndJudge, seriesEvidence } from '../../judge/fetch-and-judge.ts'
import { percent, valueText } from '../../judge/figures.ts'
import { defineNode } from '../../node.ts'

export const anomaly = defineNode({
  type: 'judge.anomaly',
  version: 1,
  title: 'Is it abnormal?',
  description:
    'Judges one measure now against the same time of the last 14 days, brought to the level of today. The kind and direction of the measure come from the model, so there is nothing to tune. Missing or old data and too few events give "inconclusive", never "normal".',
  group: 'judge',
  icon: 'activity',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'normal', tone: 'normal', meaning: 'Within what is expected at this time.' },
    { name: 'abnormal', tone: 'abnormal', meaning: 'Beyond the expected range in the direction that is bad.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'The data does not allow a verdict; the reasons say what is missing.',
    },
  ],
  mainInput: 'measure',
  input: z.object({
    measure: measureField,
    where: whereField,
    window: windowField,
  }),
  output: z.object({
    verdict: verdictValue,
    actual: z.number().nullable(),
    expected: z.number().nullable(),
    /** actual / expected - 1. */
    deviation: z.number().nullable(),
    /** ISO 8601; null unless abnormal, and when it began more than an hour ago. */
    since: z.string().nullable(),
    unit: z.string(),
  }),
  async run(ctx, { measure, where, window }) {
    const judged = await fetchAndJudge(ctx.data, {
      measure,
      where,
      windowMinutes: windowMinutes(window),
      asOf: ctx.asOf,
    })
    const { value, confidence, reasons, quality, actual, expected, deviation, onset } = judged.judgement
    const since = onset === null ? null : new Date(onset).toISOString()
    const place = Object.values(where).join(', ')
    return {
      outcome: value,
      output: { verdict: value, actual, expected, deviation, since, unit: judged.unit },
      summary: summaryOf(place ? `${judged.title} (${place})` : judged.title, judged),
      verdict: { value, confidence, reasons, quality },
      evidence: [seriesEvidence(judged, { id: 'series' })],
    }
  },
})

function summaryOf(title: string, { judgement, unit }: Awaited<ReturnType<typeof fetchAndJudge>>): string {
  const { value, actual, expected, deviation, reasons } = judgement
  if (value === 'inconclusive' || actual === null || expected === null) return `${title}: ${reasons[0] ?? 'not known'}`
  const figures = `${valueText(actual, unit)}, expected ${valueText(expected, unit)}`
  if (value === 'normal') return `${title} is as expected: ${figures}`
  return `${title} is ${percent(deviation ?? 0)} ${(deviation ?? 0) < 0 ? 'below' : 'above'} expected: ${figures}`
}
