import { indexModel, worstQuality } from '@tenon/data'
import { duration, type Evidence, type Hypothesis, type Verdict, type VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { entityField, secondsOf, windowField, windowMinutes } from '../../input-fields.ts'
import { seriesEvidence } from '../../judge/fetch-and-judge.ts'
import { listText, lower, percent, spanText } from '../../judge/figures.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { judgeSaturation, type JudgedCapacity } from '../../judge/judge-saturation.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { entityFinding } from './entity-finding.ts'

/** The pace of the last hour and a half: long enough to see, short enough for today. */
const trendMinutes = 90
const mostCharts = 4

export const capacity = defineNode({
  type: 'judge.capacity',
  version: 1,
  title: 'Is it full?',
  description:
    'Judges how full an entity and what it directly depends on are: every share of a limit that the model knows (connections, disks, pools), its headroom, and when it is full at the pace of the last 90 min. A level that is usual at this time is no finding, nor is one that is always near the limit.',
  group: 'judge',
  icon: 'battery-full',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'full', tone: 'abnormal', meaning: 'Something is at its limit, which is not usual.' },
    {
      name: 'filling',
      tone: 'abnormal',
      meaning: 'Something is fuller than usual, and is full within the horizon or nearly.',
    },
    { name: 'normal', tone: 'normal', meaning: 'There is headroom, or it is as full as usual.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'The model has no share of a limit here, or it cannot be judged.',
    },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    dependencies: z.boolean().default(true).meta({
      title: 'With dependencies',
      description: 'Also what it directly calls or stores in.',
    }),
    measure: z.string().default('').meta({
      title: 'Measure',
      description: 'Only this one, where the model does not know that it has a limit; empty for all that it knows.',
      'x-widget': 'measure',
    }),
    limit: z.number().positive().nullable().default(null).meta({
      title: 'Limit',
      description: 'Of that measure, in its unit; 1 when it is a share.',
    }),
    horizon: duration.default('4h').meta({
      title: 'Horizon',
      description: 'Full within this time is a finding.',
      'x-widget': 'duration',
    }),
    window: windowField,
  }),
  output: entityFinding.extend({
    /** Fullest first. */
    limits: z.array(
      z.object({
        entity: z.string(),
        measure: z.string(),
        title: z.string(),
        /** Of the limit, 0..1; null when not known. */
        used: z.number().nullable(),
        /** Of the limit, an hour; 0 without a trend. */
        growthPerHour: z.number(),
        /** Until it is full at this pace; null when it does not grow. */
        secondsToFull: z.number().nullable(),
        state: z.enum(['full', 'filling', 'normal', 'unseen']),
      }),
    ),
  }),
  async run(ctx, input) {
    const { entity } = input
    if (!indexModel(ctx.data.model).entity(entity))
      throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
        fix: 'Choose an entity of the model.',
      })
    const all = sorted(
      await judgeSaturation(ctx.data, {
        entity,
        withDependencies: input.dependencies,
        own: input.measure === '' ? null : { measure: input.measure, limit: input.limit },
        horizonMinutes: secondsOf(input.horizon) / 60,
        trendMinutes,
        windowMinutes: windowMinutes(input.window),
        asOf: ctx.asOf,
      }),
    )
    const [worst] = all.filter(isFinding)
    const outcome = outcomeOf(all)
    return {
      outcome,
      output: {
        entity: worst?.entity ?? entity,
        since: worst ? isoOf(worst.judged.judgement.onset) : null,
        headline: worst ? headlineOf(worst) : null,
        owner: ownerOf(ctx.data.model, worst?.entity ?? entity),
        limits: all.map(describe),
      },
      summary: summaryOf(all, entity),
      verdict: verdictOf(all, { outcome, entity }),
      evidence: evidenceOf(all),
      hypotheses: all.filter(({ state }) => state !== 'unseen').map((one) => hypothesisOf(one, entity)),
    }
  },
})

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
const isFinding = ({ state }: JudgedCapacity): boolean => state === 'full' || state === 'filling'

function sorted(all: JudgedCapacity[]): JudgedCapacity[] {
  const order = { full: 3, filling: 2, normal: 1, unseen: 0 } as const
  return all.toSorted(
    (a, b) =>
      order[b.state] - order[a.state] ||
      (b.capacity.used ?? 0) - (a.capacity.used ?? 0) ||
      (a.judged.measure < b.judged.measure ? -1 : 1),
  )
}

function outcomeOf(all: JudgedCapacity[]): 'full' | 'filling' | 'normal' | 'inconclusive' {
  const states = all.map(({ state }) => state)
  if (states.includes('full')) return 'full'
  if (states.includes('filling')) return 'filling'
  return states.length === 0 || states.includes('unseen') ? 'inconclusive' : 'normal'
}

function describe({ entity, title, judged, capacity: { used, growthPerHour, full }, state }: JudgedCapacity) {
  const secondsToFull = full === null ? null : Math.round(full.seconds)
  return { entity, measure: judged.measure, title, used, growthPerHour, secondsToFull, state }
}

function headlineOf({ title, capacity: { used, full }, state }: JudgedCapacity): string {
  const level = `${title} is ${percent(used ?? 0)}`
  if (state === 'full' || full === null) return level
  return `${level} and full in ${spanText(full.seconds * 1000)} at this pace`
}

function summaryOf(all: JudgedCapacity[], entity: string): string {
  const [top] = all
  if (!top) return `The model knows no limit of ${entity} or of what it depends on`
  if (isFinding(top)) return headlineOf(top)
  const unseen = all.filter(({ state }) => state === 'unseen')
  if (unseen.length > 0) return `Cannot judge ${listText(unseen.map(({ title }) => title))}`
  return `There is headroom: ${listText(all.map(({ title, capacity }) => `${title} ${percent(capacity.used ?? 0)}`))}`
}

function verdictOf(
  all: JudgedCapacity[],
  { outcome, entity }: { outcome: ReturnType<typeof outcomeOf>; entity: string },
): Verdict {
  const qualities = all.map(({ judged }) => judged.judgement.quality)
  const quality =
    qualities.length > 0 ? worstQuality(qualities) : { completeness: 0, freshnessSeconds: null, notes: [] }
  const value: VerdictValue = outcome === 'full' || outcome === 'filling' ? 'abnormal' : outcome
  if (all.length === 0) return { value: 'inconclusive', confidence: 1, reasons: [summaryOf(all, entity)], quality }
  const deciding = all.filter((one) =>
    value === 'abnormal' ? isFinding(one) : value === 'inconclusive' ? one.state === 'unseen' : true,
  )
  const reasons = deciding.map(
    ({ title, judged, capacity, state }) =>
      `${title}: ${state === 'unseen' && capacity.used !== null ? (judged.judgement.reasons[0] ?? capacity.reason) : capacity.reason}`,
  )
  return { value, confidence: value === 'inconclusive' ? 1 : 0.95, reasons, quality }
}

function hypothesisOf(one: JudgedCapacity, asked: string): Hypothesis {
  const {
    entity,
    title,
    capacity: { used, reason, full },
    state,
    judged,
  } = one
  const common = { kind: 'capacity' as const, key: entity === asked ? `capacity:${entity}` : `dependency:${entity}` }
  const usual = judged.judgement.expected
  const figures = `${title}: ${reason}${usual === null || judged.unit !== 'ratio' ? '' : `, usual ${percent(usual)}`}`
  switch (state) {
    case 'full':
      return {
        ...common,
        cause: `${entity} is saturated: ${lower(title)} ${percent(used ?? 0)}`,
        likelihood: 0.9,
        supports: [figures],
        against: [],
      }
    case 'filling': {
      const pace = full === null ? 'nearly full' : `full in ${spanText(full.seconds * 1000)}`
      return {
        ...common,
        cause: `${entity} fills up: ${lower(title)} ${percent(used ?? 0)}, ${pace}`,
        likelihood: 0.8,
        supports: [figures],
        against: [],
      }
    }
    case 'normal':
    case 'unseen':
      return {
        ...common,
        cause: `${entity} is saturated`,
        likelihood: 0,
        supports: [],
        against: [`there is headroom: ${figures}`],
      }
  }
}

function evidenceOf(all: JudgedCapacity[]): Evidence[] {
  if (all.length === 0) return []
  const table: Evidence = {
    id: 'limits',
    kind: 'table',
    title: 'Limits and headroom',
    columns: [
      { key: 'title', label: 'What' },
      { key: 'used', label: 'Used' },
      { key: 'usual', label: 'Usual now' },
      { key: 'growth', label: 'Growth', unit: 'points/h' },
      { key: 'full', label: 'Full in' },
      { key: 'state', label: 'State' },
    ],
    rows: all.map(({ title, capacity: { used, growthPerHour, full }, judged, state }) => ({
      title,
      used: used === null ? null : percent(used),
      usual: judged.judgement.expected === null || judged.unit !== 'ratio' ? null : percent(judged.judgement.expected),
      growth: Math.round(growthPerHour * 1000) / 10,
      full: full === null ? 'does not grow' : spanText(full.seconds * 1000),
      state,
    })),
  }
  const charts = all
    .slice(0, mostCharts)
    .map(({ judged, title }, index) => seriesEvidence(judged, { id: `limit-${index + 1}`, title }))
  return [...charts, table]
}
