import { scoreSeries, type SeriesFinding } from '@tenon/analysis'
import { duration, verdictValue, type Evidence } from '@tenon/runbook'
import * as z from 'zod'
import { measureField, secondsOf, whereField } from '../../input-fields.ts'
import { findMeasure, seriesKind } from '../../judge/fetch-and-judge.ts'
import { valueText } from '../../judge/figures.ts'
import { defineNode } from '../../node.ts'

const second = 1000
const day = 86_400
/** By the minute within half a day, coarser beyond; with days before the window, so that the course of a day is known. */
const fine = { window: day / 2, step: 60, learn: 3 * day }
const coarse = { step: 300, learn: 14 * day }
const longestWindow = 7 * day
/** Findings that are listed; the newest say most. */
const mostListed = 50

const finding = z.object({
  kind: z.enum(['spike', 'level', 'gap']),
  from: z.string(),
  to: z.string(),
  actual: z.number().nullable(),
  expected: z.number().nullable(),
})

export const oddValues = defineNode({
  type: 'judge.odd-values',
  version: 1,
  title: 'What was odd lately?',
  description:
    'Goes through a measure point by point, as it came, and lists spikes, changes of level and gaps of the window. It tells of beginnings: what has been wrong since before the window, or grew slowly, is a question for "Is it abnormal?".',
  group: 'judge',
  icon: 'chart-spline',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'nothing', tone: 'normal', meaning: 'Enough was seen, and no value was odd.' },
    { name: 'odd', tone: 'abnormal', meaning: 'At least one spike or change of level in the window.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'Too little of the window was there to judge.' },
  ],
  mainInput: 'measure',
  input: z.object({
    measure: measureField,
    where: whereField,
    window: duration.default('6h').meta({
      title: 'Window',
      description: 'How far back is looked at; at most 7 days.',
      'x-widget': 'duration',
    }),
  }),
  output: z.object({ verdict: verdictValue, findings: z.array(finding), newest: z.string().nullable() }),
  async run(ctx, { measure, where, window }) {
    const found = findMeasure(ctx.data, measure)
    const { title, unit, bad } = found
    const seconds = Math.min(longestWindow, Math.max(600, secondsOf(window)))
    const { step, learn } = seconds <= fine.window ? fine : coarse
    const from = ctx.asOf - seconds * second
    const result = await ctx.data.data({
      measure,
      where,
      from: from - learn * second,
      qualityFrom: from,
      to: ctx.asOf,
      stepSeconds: step,
      asOf: ctx.asOf,
    })
    const points = result.series[0]?.points ?? []
    const scored = scoreSeries(points, {
      from,
      to: ctx.asOf,
      intervalSeconds: step,
      kind: seriesKind(found),
      bad,
    })
    const shown = scored.points.filter(({ t }) => t >= from)
    const chart: Evidence = {
      id: 'values',
      kind: 'series',
      title,
      ...(scored.reasons[0] === undefined ? {} : { subtitle: scored.reasons[0] }),
      verdict: scored.value,
      unit,
      series: [{ name: title, points: shown.map(({ t, value }) => [t, value]) }],
      band: shown.flatMap(({ t, low, high }) => (low === null || high === null ? [] : [[t, low, high]])),
      marks: scored.findings
        .filter((one) => one.kind !== 'gap')
        .slice(-mostListed)
        .map((one) => ({ at: one.from, label: one.kind, kind: 'onset' as const })),
      queries: [result.query],
    }
    const findings = scored.findings.slice(-mostListed)
    const newest = findings.findLast((one) => one.kind !== 'gap')
    return {
      outcome: scored.value === 'abnormal' ? 'odd' : scored.value === 'normal' ? 'nothing' : 'inconclusive',
      output: {
        verdict: scored.value,
        findings: findings.map(({ kind: what, from: begin, to, actual, expected }) => ({
          kind: what,
          from: iso(begin),
          to: iso(to),
          actual,
          expected,
        })),
        newest: newest === undefined ? null : iso(newest.from),
      },
      summary: `${title}: ${scored.reasons[0] ?? 'nothing odd'}`,
      verdict: {
        value: scored.value,
        confidence: scored.confidence,
        reasons: scored.reasons,
        quality: result.quality,
      },
      evidence: findings.length === 0 ? [chart] : [chart, listOf(findings, unit)],
    }
  },
})

const iso = (t: number): string => new Date(t).toISOString()

function listOf(findings: SeriesFinding[], unit: string): Evidence {
  const text = (value: number | null): string | null => (value === null ? null : valueText(value, unit))
  return {
    id: 'findings',
    kind: 'table',
    title: 'What was odd',
    columns: [
      { key: 'from', label: 'From' },
      { key: 'to', label: 'To' },
      { key: 'kind', label: 'What' },
      { key: 'actual', label: 'Was' },
      { key: 'expected', label: 'Expected' },
    ],
    rows: findings.toReversed().map((one) => ({
      from: iso(one.from),
      to: iso(one.to),
      kind: one.kind,
      actual: text(one.actual),
      expected: text(one.expected),
    })),
  }
}
