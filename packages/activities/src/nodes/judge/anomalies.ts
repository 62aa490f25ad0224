import { worstQuality } from '@tenon/data'
import { verdictValue, type Evidence, type Hypothesis, type Verdict, type VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { whereField, windowField, windowMinutes } from '../../input-fields.ts'
import { seriesEvidence } from '../../judge/fetch-and-judge.ts'
import { listText, lower, percent, valueText } from '../../judge/figures.ts'
import { aspect, aspects } from '../../judge/golden-measures.ts'
import { isWrong, type JudgedSeries } from '../../judge/judged-series.ts'
import { judgeMany } from '../../judge/judge-many.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'

const mostCharts = 4
const mostNamed = 4
/** From here on people think in times, not in per cent. */
const manyTimes = 3

export const anomalies = defineNode({
  type: 'judge.anomalies',
  version: 1,
  title: 'Which of these are abnormal?',
  description:
    'Judges many measures at once: all that tell how an entity is (traffic, errors, latency, saturation), or those that are listed, as a whole or for each value of a dimension. Each is compared with the same time of earlier days. What is odd only because many are looked at does not count.',
  group: 'judge',
  icon: 'list-checks',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'normal', tone: 'normal', meaning: 'All that could be judged are as expected.' },
    { name: 'abnormal', tone: 'abnormal', meaning: 'At least one is beyond its expected range.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'None is abnormal, and some cannot be judged; the reasons say what is missing.',
    },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: z.string().default('').meta({
      title: 'Entity',
      description: 'Its measures of the aspects below are judged; empty for only those listed.',
      'x-widget': 'entity',
    }),
    aspects: z
      .array(aspect)
      .default([...aspects])
      .meta({ title: 'Aspects', description: 'Of the entity: traffic, errors, latency, saturation.' }),
    measures: z
      .array(z.string())
      .max(100)
      .default([])
      .meta({ title: 'Measures', description: '<table>.<measure> or <entity>.<measure>, one a line.' }),
    groupBy: z
      .array(z.string())
      .max(3)
      .default([])
      .meta({ title: 'For each', description: 'Dimensions such as host or zone: each value is judged alone.' }),
    where: whereField,
    window: windowField,
  }),
  output: z.object({
    entity: z.string().nullable(),
    verdict: verdictValue,
    /** Onset of what deviates most, ISO 8601; null unless abnormal, or when it began before the hours looked at. */
    since: z.string().nullable(),
    /** How many series were judged, and how many of them could not be. */
    judged: z.number(),
    unseen: z.number(),
    /** What deviates most first. */
    abnormal: z.array(
      z.object({
        measure: z.string(),
        title: z.string(),
        aspect: aspect.nullable(),
        group: z.record(z.string(), z.string()),
        actual: z.number().nullable(),
        expected: z.number().nullable(),
        deviation: z.number().nullable(),
        since: z.string().nullable(),
        unit: z.string(),
      }),
    ),
    /** "Payment success rate is 88.1 %, expected 96 %"; null unless abnormal. */
    headline: z.string().nullable(),
    owner: z.string().nullable(),
  }),
  async run(ctx, input) {
    const entity = input.entity === '' ? null : input.entity
    if (entity === null && input.measures.length === 0)
      throw new NodeError('bad-input', 'There is nothing to judge.', { fix: 'Choose an entity, or list measures.' })
    const { aspects: wanted, measures, groupBy, where } = input
    const all = await judgeMany(ctx.data, {
      entity,
      aspects: wanted,
      measures,
      where,
      groupBy,
      windowMinutes: windowMinutes(input.window),
      asOf: ctx.asOf,
    })
    const found = sorted(all.filter(isWrong))
    const unseen = all.filter(({ judged }) => judged.judgement.value === 'inconclusive')
    const value: VerdictValue =
      found.length > 0 ? 'abnormal' : unseen.length > 0 || all.length === 0 ? 'inconclusive' : 'normal'
    return {
      outcome: value,
      output: {
        entity,
        verdict: value,
        since: found[0] ? isoOf(found[0].judged.judgement.onset) : null,
        judged: all.length - unseen.length,
        unseen: unseen.length,
        abnormal: found.map(describe),
        headline: found[0] ? headlineOf(found[0]) : null,
        owner: entity === null ? null : ownerOf(ctx.data.model, entity),
      },
      summary: summaryOf(all, { found, unseen, entity }),
      verdict: verdictOf(all, { found, unseen, value, entity }),
      evidence: evidenceOf(all, found),
      hypotheses: entity === null ? [] : surgeHypothesis(entity, all, found),
    }
  },
})

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** Furthest beyond its noise first; equals by name, so that the same data gives the same order. */
function sorted(all: JudgedSeries[]): JudgedSeries[] {
  const score = ({ judged }: JudgedSeries) => Math.abs(judged.judgement.score ?? 0)
  return all.toSorted((a, b) => score(b) - score(a) || (a.title < b.title ? -1 : 1))
}

function describe({ ref, title, aspect: what, group, judged }: JudgedSeries) {
  const { actual, expected, deviation, onset } = judged.judgement
  return {
    measure: ref,
    title,
    aspect: what,
    group,
    actual,
    expected,
    deviation,
    since: isoOf(onset),
    unit: judged.unit,
  }
}

function headlineOf({ title, judged: { judgement, unit } }: JudgedSeries): string {
  const { actual, expected, deviation, reasons } = judgement
  if (actual === null || expected === null) return `${title}: ${reasons[0] ?? 'abnormal'}`
  const figures = `${valueText(actual, unit)}, expected ${valueText(expected, unit)}`
  if (unit === 'ratio' || deviation === null) return `${title} is ${figures}`
  if (1 + deviation >= manyTimes)
    return `${title} is ${Number((1 + deviation).toPrecision(2))} times what is expected (${figures})`
  return `${title} is ${percent(deviation)} ${deviation < 0 ? 'below' : 'above'} expected (${figures})`
}

function summaryOf(
  all: JudgedSeries[],
  { found, unseen, entity }: { found: JudgedSeries[]; unseen: JudgedSeries[]; entity: string | null },
): string {
  const [top] = found
  if (top) {
    const more = found.length > 1 ? `; ${found.length} of ${all.length} are abnormal` : ''
    return `${headlineOf(top)}${more}`
  }
  if (all.length === 0) return 'The model has nothing to judge here'
  if (unseen.length > 0) return `Cannot judge ${listText(unseen.map(({ title }) => title))}`
  if (all.length === 1) return `${all[0]?.title ?? ''} is as expected`
  if (all.length > mostNamed)
    return `All ${all.length} measures${entity === null ? '' : ` of ${entity}`} are as expected`
  return `${listText(all.map(({ title }, place) => (place === 0 ? title : lower(title))))} are as expected`
}

function verdictOf(
  all: JudgedSeries[],
  found: { found: JudgedSeries[]; unseen: JudgedSeries[]; value: Verdict['value']; entity: string | null },
): Verdict {
  if (all.length === 0) {
    const reasons = [`The model has no measure of ${found.entity ?? 'it'} that could be judged`]
    return {
      value: 'inconclusive',
      confidence: 1,
      reasons,
      quality: { completeness: 0, freshnessSeconds: null, notes: [] },
    }
  }
  const quality = worstQuality(all.map(({ judged }) => judged.judgement.quality))
  const reasonsOf = (chosen: JudgedSeries[]) =>
    chosen.map(({ title, judged }) => `${title}: ${judged.judgement.reasons[0] ?? judged.judgement.value}`)
  const sure = (chosen: JudgedSeries[]) => chosen.map(({ judged }) => judged.judgement.confidence)
  switch (found.value) {
    case 'abnormal':
      return { value: 'abnormal', confidence: Math.max(...sure(found.found)), reasons: reasonsOf(found.found), quality }
    case 'normal':
      return { value: 'normal', confidence: Math.min(...sure(all)), reasons: reasonsOf(all), quality }
    case 'inconclusive':
      return { value: 'inconclusive', confidence: 1, reasons: reasonsOf(found.unseen), quality }
  }
}

function evidenceOf(all: JudgedSeries[], found: JudgedSeries[]): Evidence[] {
  const round = (value: number | null) => (value === null ? null : Number(value.toPrecision(4)))
  const shown = found.length > 0 ? found.slice(0, mostCharts) : sorted(all).slice(0, 1)
  const table: Evidence = {
    id: 'judged',
    kind: 'table',
    title: 'What was judged',
    columns: [
      { key: 'title', label: 'Measure' },
      { key: 'actual', label: 'Now' },
      { key: 'expected', label: 'Expected' },
      { key: 'unit', label: 'Unit' },
      { key: 'verdict', label: 'Verdict' },
    ],
    rows: [...found, ...all.filter((one) => !found.includes(one))].map((one) => ({
      title: one.title,
      actual: round(one.judged.judgement.actual),
      expected: round(one.judged.judgement.expected),
      unit: one.judged.unit,
      verdict:
        one.judged.judgement.value === 'abnormal' && !isWrong(one) ? 'above expected' : one.judged.judgement.value,
    })),
  }
  return [
    ...shown.map((one, index) => seriesEvidence(one.judged, { id: `series-${index + 1}`, title: one.title })),
    ...(all.length > 1 ? [table] : []),
  ]
}

/** More traffic than usual may be why it is slow or full. */
function surgeHypothesis(entity: string, all: JudgedSeries[], found: JudgedSeries[]): Hypothesis[] {
  const traffic = all.find(({ aspect: what }) => what === 'traffic')
  if (!traffic || found.length === 0 || found.includes(traffic)) return []
  const { value, actual, expected, deviation } = traffic.judged.judgement
  if (value === 'inconclusive' || actual === null || expected === null) return []
  const figures = `${traffic.title} ${valueText(actual, traffic.judged.unit)}, expected ${valueText(expected, traffic.judged.unit)}`
  const common = { kind: 'source' as const, key: `surge:${entity}` }
  if (value === 'abnormal' && (deviation ?? 0) > 0)
    return [
      {
        ...common,
        cause: `${entity} gets ${percent(deviation ?? 0)} more traffic than usual`,
        likelihood: 0.55,
        supports: [figures],
        against: [],
      },
    ]
  return [
    {
      ...common,
      cause: `${entity} gets more traffic than usual`,
      likelihood: 0,
      supports: [],
      against: [`as expected: ${figures}`],
    },
  ]
}
