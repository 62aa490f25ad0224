import { judgeRareEvents, type RareJudgement } from '@tenon/analysis'
import { indexModel, worstQuality, type DataService } from '@tenon/data'
import type { Evidence, Hypothesis, Verdict } from '@tenon/runbook'
import * as z from 'zod'
import { entityField, windowField, windowMinutes } from '../../input-fields.ts'
import { countFailures, type FailureCounts } from '../../judge/count-failures.ts'
import { fetchAndJudge, seriesEvidence, type Judged } from '../../judge/fetch-and-judge.ts'
import { percent, valueText } from '../../judge/figures.ts'
import { goldenMeasures } from '../../judge/golden-measures.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { successMeasures } from '../../judge/success-measures.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { entityFinding } from './entity-finding.ts'

/** Volumes of days differ by some per cent for reasons of their own. */
const trafficRequest = { bad: 'both', minimumEffect: 0.08 } as const
const mostCallers = 5
const mostLevels = 4

export const traffic = defineNode({
  type: 'judge.traffic',
  version: 1,
  title: 'Is there enough traffic to tell?',
  description:
    'Counts the requests of an entity and how many of them fail, and judges the counts exactly, so that three failures of nine at night are no incident and thirty of ninety are. Says how many more requests are needed when it cannot be told, and whether less comes from the callers.',
  group: 'judge',
  icon: 'signal-low',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'enough', tone: 'normal', meaning: 'There is enough traffic, and it fails no more than usual.' },
    { name: 'failing', tone: 'abnormal', meaning: 'More fail than chance explains, however few there are.' },
    { name: 'less', tone: 'abnormal', meaning: 'Much less comes than usual; what comes is well.' },
    { name: 'too-few', tone: 'inconclusive', meaning: 'Too few requests to tell; says how many more are needed.' },
    {
      name: 'inconclusive',
      tone: 'inconclusive',
      meaning: 'The counts are not known, or there is no day before to compare with.',
    },
  ],
  mainInput: 'entity',
  input: z.object({ entity: entityField, window: windowField }),
  output: entityFinding.extend({
    requests: z.number().nullable(),
    failed: z.number().nullable(),
    /** Share that fails on the day before. */
    usualShare: z.number().nullable(),
    /** So many more requests would tell; null when it can be told, or no number would. */
    needs: z.number().nullable(),
    /** actual / expected - 1 of the traffic. */
    deviation: z.number().nullable(),
  }),
  async run(ctx, { entity, window }) {
    const { data, asOf } = ctx
    if (!indexModel(data.model).entity(entity))
      throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
        fix: 'Choose an entity of the model.',
      })
    const span = { windowMinutes: windowMinutes(window), asOf }
    const success = successMeasures(data.model, entity)
    const volume = await volumeOf(data, entity, span)
    const stretches = stretchesOf(volume, span)
    const [failures, callers] = await Promise.all([
      success === null ? null : countFailures(data, success, { stretches, asOf }),
      judgeCallers(data, entity, span),
    ])
    const told = failures === null ? null : judgeCounts(failures)
    const { counts, rare } = told ?? { counts: null, rare: null }
    const found: Found = { entity, volume, counts, rare, callers }
    const outcome = outcomeOf(found)
    const isWrong = outcome === 'failing' || outcome === 'less'
    const onset = outcome === 'less' ? (volume?.judgement.onset ?? null) : null
    return {
      outcome,
      output: {
        entity,
        since: onset === null ? null : new Date(onset).toISOString(),
        headline: isWrong ? summaryOf(found, outcome) : null,
        owner: ownerOf(data.model, entity),
        requests: counts?.requests ?? null,
        failed: counts?.failed ?? null,
        usualShare: counts && counts.baseline.requests > 0 ? counts.baseline.failed / counts.baseline.requests : null,
        needs: outcome === 'too-few' ? (rare?.needs ?? null) : null,
        deviation: volume?.judgement.deviation ?? null,
      },
      summary: summaryOf(found, outcome),
      verdict: verdictOf(found, outcome),
      evidence: evidenceOf(found),
      hypotheses: hypothesesOf(found, outcome),
    }
  },
})

/** The stretch that decided, with the day before. */
interface Counts {
  minutes: number
  requests: number
  failed: number
  baseline: FailureCounts['baseline']
  queries: FailureCounts['queries']
}

interface Found {
  entity: string
  volume: Judged | null
  counts: Counts | null
  rare: RareJudgement | null
  callers: Caller[]
}

interface Caller {
  id: string
  judged: Judged | null
  /** No caller of it that is looked at sends less as well. */
  isFurthest: boolean
}
type Outcome = 'enough' | 'failing' | 'less' | 'too-few' | 'inconclusive'

/**
 * When less comes, only what came since says how that fares; else the window, and its newest parts, in which something short shows more.
 */
function stretchesOf(
  volume: Judged | null,
  { windowMinutes: window, asOf }: { windowMinutes: number; asOf: number },
): number[] {
  const onset = volume?.judgement.onset ?? null
  if (isDown(volume) && onset !== null) return [Math.min(window, Math.max(2, Math.round((asOf - onset) / 60_000)))]
  return [...new Set([window, Math.max(5, Math.round(window / 3)), Math.max(5, Math.round(window / 6))])].filter(
    (one) => one <= window,
  )
}

/** The first stretch in which more fail than chance explains, else the longest. */
function judgeCounts({ stretches, baseline, queries }: FailureCounts): { counts: Counts; rare: RareJudgement } | null {
  const all = stretches.map((stretch) => ({
    counts: { ...stretch, baseline, queries },
    rare: judgeRareEvents(
      {
        of: 'share',
        hits: stretch.failed,
        trials: stretch.requests,
        baseline: { hits: baseline.failed, trials: baseline.requests },
      },
      { bad: 'up', looks: stretches.length },
    ),
  }))
  return all.find(({ rare }) => rare.value === 'abnormal') ?? all[0] ?? null
}

async function volumeOf(
  data: DataService,
  entity: string,
  span: { windowMinutes: number; asOf: number },
): Promise<Judged | null> {
  const golden = goldenMeasures(data.model, entity).find(({ aspect }) => aspect === 'traffic')
  return golden ? fetchAndJudge(data, { measure: golden.ref, where: golden.where, ...trafficRequest, ...span }) : null
}

/** Its callers, and theirs as long as less comes from them as well: the furthest of these is where it begins. */
async function judgeCallers(
  data: DataService,
  entity: string,
  span: { windowMinutes: number; asOf: number },
): Promise<Caller[]> {
  const index = indexModel(data.model)
  const seen = new Set([entity])
  const found: Caller[] = []
  let front = [entity]
  for (let level = 0; front.length > 0 && level < mostLevels; level++) {
    const calls = front
      .flatMap((id) => index.relationsTo(id))
      .filter(({ kind, from }) => kind === 'calls' && !seen.has(from))
    const callers = [...new Set(calls.map(({ from }) => from))].sort().slice(0, mostCallers)
    for (const id of callers) seen.add(id)
    const judged = await Promise.all(
      callers.map(async (id) => ({ id, judged: await volumeOf(data, id, span), isFurthest: true })),
    )
    const down = judged.filter((one) => isDown(one.judged))
    if (down.length > 0) for (const one of found) one.isFurthest = false
    found.push(...judged)
    front = down.map(({ id }) => id)
  }
  return found
}

const isDown = (one: Judged | null): boolean =>
  one?.judgement.value === 'abnormal' && (one.judgement.deviation ?? 0) < 0

function outcomeOf({ volume, counts, rare }: Found): Outcome {
  const isBlind = volume !== null && volume.judgement.quality.completeness < 0.8
  if (counts === null || rare === null || isBlind || counts.baseline.requests === 0) return 'inconclusive'
  switch (rare.value) {
    case 'abnormal':
      return 'failing'
    case 'inconclusive':
      return 'too-few'
    case 'normal':
      return isDown(volume) ? 'less' : 'enough'
  }
}

function summaryOf({ entity, volume, counts, rare }: Found, outcome: Outcome): string {
  const figures = counts ? `${counts.failed} of ${counts.requests} requests of ${entity} failed` : ''
  switch (outcome) {
    case 'failing':
      return `${figures} (${percent((counts?.failed ?? 0) / Math.max(1, counts?.requests ?? 1))}, usual ${percent(rare?.expected ?? 0)})`
    case 'less':
      return `${entity} gets ${percent(volume?.judgement.deviation ?? 0)} fewer requests than usual`
    case 'too-few':
      return rare?.needs
        ? `${figures}: about ${rare.needs} more requests are needed to tell`
        : `${figures}: too few to tell`
    case 'enough':
      return `${figures}, as usual`
    case 'inconclusive':
      return `Cannot count the requests of ${entity}`
  }
}

function verdictOf(found: Found, outcome: Outcome): Verdict {
  const { volume, counts, rare, entity } = found
  const quality = volume
    ? worstQuality([volume.judgement.quality])
    : { completeness: counts ? 1 : 0, freshnessSeconds: null, notes: [] }
  switch (outcome) {
    case 'failing':
    case 'enough':
      return {
        value: outcome === 'failing' ? 'abnormal' : 'normal',
        confidence: rare?.confidence ?? 0.5,
        reasons: rare?.reasons ?? [],
        quality,
      }
    case 'less':
      return {
        value: 'abnormal',
        confidence: volume?.judgement.confidence ?? 0.5,
        reasons: [volume?.judgement.reasons[0] ?? ''],
        quality,
      }
    case 'too-few': {
      const gap = isDown(volume) ? `, ${percent(volume?.judgement.deviation ?? 0)} fewer than expected` : ''
      const needs = rare?.needs
        ? `: about ${rare.needs} more events are needed to tell`
        : ': no number of events that could be waited for would tell'
      const reason = `Only ${counts?.requests ?? 0} requests of ${entity}${gap}, ${counts?.failed ?? 0} of them failed${needs}`
      return { value: 'inconclusive', confidence: 1, reasons: [reason, ...(rare?.reasons ?? [])], quality }
    }
    case 'inconclusive': {
      const reason =
        counts === null
          ? `The model has no counts of requests and successes of ${entity}`
          : counts.baseline.requests === 0
            ? `There are no requests of ${entity} in the day before to compare with`
            : (volume?.judgement.reasons[0] ?? `The requests of ${entity} are not known`)
      return { value: 'inconclusive', confidence: 1, reasons: [reason, ...quality.notes], quality }
    }
  }
}

function hypothesesOf({ entity, volume, callers, counts }: Found, outcome: Outcome): Hypothesis[] {
  const sources = callers.flatMap(({ id, judged: own, isFurthest }): Hypothesis[] => {
    if (own === null || own.judgement.value === 'inconclusive') return []
    const { actual, expected, deviation } = own.judgement
    const figures = `${own.title}: ${valueText(actual ?? 0, own.unit)}, expected ${valueText(expected ?? 0, own.unit)}`
    const common = { kind: 'source' as const, key: `source:${id}` }
    if (!isDown(own))
      return [
        { ...common, cause: `${id} sends less`, likelihood: 0, supports: [], against: [`as expected: ${figures}`] },
      ]
    const base = isDown(volume) ? (outcome === 'less' ? 0.85 : 0.4) : 0.1
    const against = isFurthest ? [] : [`${id} gets less as well: it only passes it on`]
    const likelihood = isFurthest ? base : base / 3
    return [
      {
        ...common,
        cause: `${id} has ${percent(deviation ?? 0)} fewer to send`,
        likelihood,
        supports: [figures],
        against,
      },
    ]
  })
  if (outcome !== 'failing' || counts === null) return sources
  const whole: Hypothesis = {
    kind: 'entity',
    key: `entity:${entity}`,
    cause: `${entity} fails more of its requests than usual`,
    likelihood: 0.35,
    supports: [`${counts.failed} of ${counts.requests} failed`],
    against: ['what makes it so was not found'],
  }
  return [whole, ...sources]
}

function evidenceOf({ entity, volume, counts, callers }: Found): Evidence[] {
  const charts = [volume, ...callers.map(({ judged: own }) => own)].flatMap((one) =>
    one ? [seriesEvidence(one, { id: `traffic-${one.measure}` })] : [],
  )
  if (counts === null) return charts
  const share = (failed: number, requests: number) => (requests > 0 ? percent(failed / requests) : null)
  return [
    {
      id: 'counts',
      kind: 'table',
      title: `Requests of ${entity} and how many failed`,
      columns: [
        { key: 'when', label: 'When' },
        { key: 'requests', label: 'Requests' },
        { key: 'failed', label: 'Failed' },
        { key: 'share', label: 'Share' },
      ],
      rows: [
        {
          when: 'In the window',
          requests: counts.requests,
          failed: counts.failed,
          share: share(counts.failed, counts.requests),
        },
        {
          when: 'The day before',
          requests: counts.baseline.requests,
          failed: counts.baseline.failed,
          share: share(counts.baseline.failed, counts.baseline.requests),
        },
      ],
      queries: counts.queries,
    },
    ...charts,
  ]
}
