import { indexModel, type DataResult, type DataSeries, type Measure } from '@tenon/data'
import { duration, suggest, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { measureField, secondsOf, whereField } from '../../input-fields.ts'
import { percent, spanText, valueText } from '../../judge/figures.ts'
import { eventsOver, meanOver } from '../../judge/mean-over.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode, type NodeContext } from '../../node.ts'

/** A chart shows so many lines; the output has all groups. */
const shownGroups = 20
const wantedPoints = 120
const finestStepSeconds = 15

export const measure = defineNode({
  type: 'ask.measure',
  version: 1,
  title: 'Ask a measure',
  description:
    'Reads a measure of the model: its newest value, its mean, highest, lowest or total over a window, for one place or for each group. It does not judge; to know whether a value is abnormal use "Is it abnormal?". What is missing is no zero: without data the outcome is "no-data".',
  group: 'ask',
  icon: 'gauge',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'has-data', tone: 'neutral', meaning: 'There is a value.' },
    {
      name: 'no-data',
      tone: 'inconclusive',
      meaning: 'The source has no value in the window, or nothing to divide by.',
    },
  ],
  mainInput: 'measure',
  input: z.object({
    measure: measureField,
    where: whereField,
    groupBy: z
      .array(z.string())
      .max(5)
      .default([])
      .meta({ title: 'Group by', description: 'Dimensions, one a line: a value for each combination of theirs.' }),
    window: duration.default('15m').meta({
      title: 'Window',
      description: 'How far back is read.',
      'x-widget': 'duration',
    }),
    aggregate: z.enum(['latest', 'avg', 'max', 'min', 'total']).default('latest').meta({
      title: 'Value',
      description:
        'The newest, mean, highest or lowest of the window; total is how many events a counter counted in it.',
    }),
  }),
  output: z.object({
    /** Of the whole; with groups of the first, which has the highest. Null when there is none. */
    value: z.number().nullable(),
    unit: z.string(),
    /** Highest first, those without a value last; empty without `groupBy`. */
    groups: z.array(z.object({ dimensions: z.record(z.string(), z.string()), value: z.number().nullable() })),
    /** Share of the expected points that were there, 0..1. */
    completeness: z.number(),
    /** Age of the newest sample; null when there is none. */
    freshnessSeconds: z.number().nullable(),
    /** What is missing, in words. */
    notes: z.array(z.string()),
  }),
  async run(ctx, input) {
    const { title, kind } = measureOf(ctx, input.measure)
    if (input.aggregate === 'total' && kind !== 'counter')
      throw new NodeError('bad-input', `"${input.measure}" counts no events, so it has no total.`, {
        fix: 'Take its mean (avg), highest (max), lowest (min) or latest value.',
      })
    const span = spanOf(input.window, ctx.asOf)
    const result = await ctx.data.data(
      {
        measure: input.measure,
        where: input.where,
        groupBy: input.groupBy,
        from: span.from,
        to: span.to,
        qualityFrom: span.from,
        stepSeconds: span.stepSeconds,
        asOf: ctx.asOf,
      },
      { signal: ctx.signal },
    )
    const valued = result.series
      .map((series) => ({ series, value: valueOf(series, { ...span, aggregate: input.aggregate }) }))
      .toSorted((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))
    const value = valued[0]?.value ?? null
    const unit = input.aggregate === 'total' ? result.unit.replace(/\/min$/, '') : result.unit
    const { completeness, freshnessSeconds, notes } = result.quality
    const groups = valued.map((one) => ({ dimensions: one.series.dimensions, value: one.value }))
    const place = Object.values(input.where).join(', ')
    const called = place === '' ? title : `${title} (${place})`
    return {
      outcome: value === null ? 'no-data' : 'has-data',
      output: { value, unit, groups: input.groupBy.length === 0 ? [] : groups, completeness, freshnessSeconds, notes },
      summary: summaryOf(called, { value, unit, groups, result, isGrouped: input.groupBy.length > 0 }),
      evidence: [chartOf(called, { result, order: valued.map(({ series }) => series) })],
    }
  },
})

function measureOf(ctx: NodeContext, ref: string): Measure {
  const index = indexModel(ctx.data.model)
  const place = index.measure(ref)
  if (place) return place.measure
  const beside = index.measuresUnder(ref.split('.')[0] ?? '').map((one) => one.ref)
  throw new NodeError('unknown-measure', `The model has no measure "${ref}".`, {
    fix: beside.length > 0 ? suggest(ref, beside, 'measure') : 'Choose one from the list of the field.',
  })
}

interface Span {
  from: number
  to: number
  stepSeconds: number
}

/** Whole steps that end with `asOf`. A value is of the step that ends with it, so the first is one step after the window's beginning. */
function spanOf(window: string, asOf: number): Span {
  const seconds = Math.max(finestStepSeconds, secondsOf(window))
  const stepSeconds = Math.max(finestStepSeconds, Math.ceil(seconds / wantedPoints))
  const steps = Math.max(1, Math.floor(seconds / stepSeconds))
  return { from: asOf - (steps - 1) * stepSeconds * 1000, to: asOf, stepSeconds }
}

function valueOf(
  { points }: DataSeries,
  { aggregate, from, to, stepSeconds }: Span & { aggregate: 'latest' | 'avg' | 'max' | 'min' | 'total' },
): number | null {
  const values = points.flatMap(([, value]) => value ?? [])
  if (values.length === 0) return null
  const before = from - stepSeconds * 1000
  switch (aggregate) {
    case 'latest':
      return values.at(-1) ?? null
    case 'avg':
      return meanOver(points, before, to)
    case 'max':
      return values.reduce((most, value) => Math.max(most, value))
    case 'min':
      return values.reduce((least, value) => Math.min(least, value))
    case 'total':
      return eventsOver(points, { from: before, to, stepSeconds })
  }
}

const nameOf = (dimensions: Record<string, string>): string => Object.values(dimensions).join(', ')

function summaryOf(
  title: string,
  found: {
    value: number | null
    unit: string
    groups: { dimensions: Record<string, string>; value: number | null }[]
    result: DataResult
    isGrouped: boolean
  },
): string {
  const { value, unit, groups, result, isGrouped } = found
  if (value === null) return `${title}: no data`
  const { completeness, freshnessSeconds } = result.quality
  const doubts = [
    ...(completeness < 0.99 ? [`${percent(completeness)} of the data`] : []),
    ...(freshnessSeconds !== null && freshnessSeconds > 300 ? [`${spanText(freshnessSeconds * 1000)} old`] : []),
  ]
  const doubt = doubts.length === 0 ? '' : ` (${doubts.join(', ')})`
  if (!isGrouped) return `${title}: ${valueText(value, unit)}${doubt}`
  const shown = groups
    .slice(0, 3)
    .map((group) => `${nameOf(group.dimensions)} ${group.value === null ? 'no data' : valueText(group.value, unit)}`)
  const more = groups.length > shown.length ? ` and ${groups.length - shown.length} more` : ''
  return `${title}: ${shown.join(', ')}${more}${doubt}`
}

function chartOf(title: string, { result, order }: { result: DataResult; order: DataSeries[] }): Evidence {
  const [note] = result.quality.notes
  const hidden = order.length - shownGroups
  const subtitle = [note, hidden > 0 ? `${hidden} more groups are in the output` : undefined].filter((text) => text)
  return {
    id: 'series',
    kind: 'series',
    title,
    ...(subtitle.length > 0 ? { subtitle: subtitle.join('; ') } : {}),
    unit: result.unit,
    series: order
      .slice(0, shownGroups)
      .map(({ dimensions, points }) => ({ name: nameOf(dimensions) || title, points })),
    queries: [result.query],
  }
}
