import { compareGroups, type GroupComparison } from '@tenon/analysis'
import type { DataResult } from '@tenon/data'
import { verdictValue, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { measureField, windowField, windowMinutes } from '../../input-fields.ts'
import { findMeasure } from '../../judge/fetch-and-judge.ts'
import { listText } from '../../judge/figures.ts'
import { sinceFix, sinceOf } from '../../judge/since.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'

const minute = 60_000
const day = 1_440 * minute
/** What the groups did before the moment tells how alike they are. */
const beforeMinutes = 240
/** Counts of a minute are too few for most hosts to have a level. */
const stepSeconds = 60

export const compare = defineNode({
  type: 'judge.compare',
  version: 1,
  title: 'Did this group change?',
  description:
    'Compares some hosts (or zones, versions, channels) with all others since a moment: for instance those that a deploy touched with those that it did not. What moves both cancels out, so that a peak of traffic is no finding. Groups that were too noisy before, or too few others, give "inconclusive".',
  group: 'judge',
  icon: 'git-compare-arrows',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'same', tone: 'normal', meaning: 'The group does what the others do.' },
    { name: 'different', tone: 'abnormal', meaning: 'The group, or a member of it, moved away from the others.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'They cannot be compared; the reasons say why.' },
  ],
  mainInput: 'measure',
  input: z.object({
    measure: measureField,
    dimension: z.string().min(1).default('host').meta({
      title: 'Dimension',
      description: 'What the groups are made of: host, zone, version.',
      'x-widget': 'text',
    }),
    group: z.array(z.string().min(1)).min(1).meta({
      title: 'Group',
      description: 'Values of the dimension that are looked at; all others are what they are compared with.',
      'x-widget': 'list',
    }),
    since: z.string().default('').meta({
      title: 'Since',
      description: 'The moment, ISO 8601; empty for the beginning of the window.',
      'x-widget': 'text',
    }),
    window: windowField,
  }),
  output: z.object({
    verdict: verdictValue,
    /** -0.1: the group is 10 % below what it would be. */
    effect: z.number().nullable(),
    differing: z.array(z.string()),
    since: z.string(),
  }),
  async run(ctx, { measure, dimension, group, since, window }) {
    const { title, unit } = findMeasure(ctx.data, measure)
    const at = momentOf(since, ctx.asOf - windowMinutes(window) * minute, ctx.asOf)
    const span = { from: at - beforeMinutes * minute, to: ctx.asOf }
    const ask = (back: number) =>
      ctx.data.data({
        measure,
        groupBy: [dimension],
        from: span.from - back,
        to: span.to - back,
        stepSeconds,
        asOf: ctx.asOf,
      })
    const [now, ...earlier] = await Promise.all([ask(0), ask(day), ask(2 * day)])
    const isOurs = ({ dimensions }: DataResult['series'][number]) => group.includes(dimensions[dimension] ?? '')
    const [ours, others] = [now.series.filter(isOurs), now.series.filter((one) => !isOurs(one))]
    const times = now.series[0]?.points.map(([t]) => t) ?? []
    const compared = compareGroups({
      treated: ours.map(valuesOf),
      control: others.map(valuesOf),
      before: times.filter((t) => t <= at).length,
      intervalSeconds: stepSeconds,
      usual: earlier.map((result) => meanCurve(result.series.map(valuesOf))).filter((one) => one.length > 0),
    })
    const differing = compared.differing.map((index) => ours[index]?.dimensions[dimension] ?? '')
    const unseen = group.filter((name) => !ours.some(({ dimensions }) => dimensions[dimension] === name))
    const verdict = {
      value: compared.value,
      confidence: confidenceOf(compared),
      reasons: [...compared.reasons, ...(unseen.length > 0 ? [`No data of ${listText(unseen)}`] : [])],
      quality: now.quality,
    }
    return {
      outcome: compared.value === 'abnormal' ? 'different' : compared.value === 'normal' ? 'same' : 'inconclusive',
      output: { verdict: compared.value, effect: compared.effect, differing, since: new Date(at).toISOString() },
      summary: `${title} of ${listText(group)}: ${compared.reasons[0] ?? ''}`,
      verdict,
      evidence: [chartOf({ title, unit, ours, others, now, at, value: compared.value, reason: compared.reasons[0] })],
    }
  },
})

function momentOf(since: string, otherwise: number, asOf: number): number {
  const at = sinceOf(since) ?? otherwise
  if (at <= asOf) return at
  throw new NodeError('bad-input', `"${since}" is not before this run's clock.`, { fix: sinceFix })
}

type Series = DataResult['series'][number]

const valuesOf = ({ points }: Series): (number | null)[] => points.map(([, value]) => value)

function meanCurve(group: (number | null)[][]): (number | null)[] {
  const length = Math.max(0, ...group.map((series) => series.length))
  return Array.from({ length }, (_, index) => {
    const here = group.flatMap((series) => series[index] ?? [])
    return here.length === 0 ? null : here.reduce((sum, value) => sum + value, 0) / here.length
  })
}

function confidenceOf({ value, score }: GroupComparison): number {
  if (value === 'inconclusive' || score === null) return 1
  const distance = Math.abs(score)
  return value === 'abnormal' ? Math.min(0.99, 1 - 0.5 * Math.exp(-distance / 3)) : Math.max(0.5, 0.97 - 0.1 * distance)
}

function chartOf(of: {
  title: string
  unit: string
  ours: Series[]
  others: Series[]
  now: DataResult
  at: number
  value: GroupComparison['value']
  reason: string | undefined
}): Evidence {
  const { title, unit, ours, others, now, at, value, reason } = of
  const times = now.series[0]?.points.map(([t]) => t) ?? []
  const mean = (group: Series[]) => {
    const curve = meanCurve(group.map(valuesOf))
    return times.map((t, index): [number, number | null] => [t, curve[index] ?? null])
  }
  return {
    id: 'groups',
    kind: 'series',
    title: `${title}: the group and the others`,
    ...(reason === undefined ? {} : { subtitle: reason }),
    verdict: value,
    unit,
    series: [
      { name: 'the group', points: mean(ours) },
      { name: 'the others', points: mean(others) },
    ],
    marks: [{ at, label: 'since', kind: 'onset' }],
    queries: [now.query],
  }
}
