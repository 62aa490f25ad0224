import { rankRootCauses, type FlowSymptom, type RankedCause, type RootCauseAnswer } from '@tenon/analysis'
import { indexModel, worstQuality, type DataService, type Model } from '@tenon/data'
import type { Evidence, Hypothesis, Verdict, VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { entityField, windowField, windowMinutes } from '../../input-fields.ts'
import { fetchCallFlows, flowStepSeconds, type CallFlows } from '../../judge/call-flows.ts'
import { fetchAndJudge, seriesEvidence, type Judged } from '../../judge/fetch-and-judge.ts'
import { goldenMeasures } from '../../judge/golden-measures.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { sinceOf } from '../../judge/since.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { entityFinding } from './entity-finding.ts'
import { placeField, placeOfEntity } from './fault-place.ts'

const minute = 60_000
/** Well minutes before it began, to compare with. */
const leadMinutes = 45
const mostRows = 12
const mostHypotheses = 5
/** Who added less is no cause. */
const leastShare = 0.02

export const rootCause = defineNode({
  type: 'judge.root-cause',
  version: 1,
  title: 'Which service is the root?',
  description:
    'Follows an entity\u2019s slow or failing requests along what it calls: of each service the time (or failures) that it added itself is told from what it waited for. The one that added most is the root, and those between are its echoes. A database that is not measured by requests is found by its saturation and waits.',
  group: 'judge',
  icon: 'waypoints',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'abnormal', meaning: 'One service or database added most of it.' },
    { name: 'spread', tone: 'abnormal', meaning: 'The entity is abnormal, and no single one added most of it.' },
    { name: 'none', tone: 'normal', meaning: 'The entity is as expected.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'Too little is measured to say.' },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    symptom: z.enum(['auto', 'latency', 'errors']).default('auto').meta({
      title: 'Symptom',
      description: 'What is followed; "auto" takes what is abnormal of the entity.',
    }),
    since: z.string().nullable().default('').meta({
      title: 'Since',
      description: 'When it began, ISO 8601; empty for what the entity\u2019s own measures say.',
      'x-widget': 'text',
    }),
    depth: z.number().int().min(1).max(6).default(4).meta({
      title: 'Depth',
      description: 'How many calls away is looked.',
    }),
    place: placeField,
    window: windowField,
  }),
  output: entityFinding.extend({
    symptom: z.enum(['latency', 'errors']).nullable(),
    /** The root when one is found, else the entity that was asked about: what a change should be looked for at. */
    suspect: z.string(),
    ranked: z.array(
      z.object({
        entity: z.string(),
        /** Share of what all added themselves. */
        share: z.number(),
        path: z.array(z.string()),
      }),
    ),
    /** What could not be checked, a sentence each. */
    unchecked: z.array(z.string()),
  }),
  async run(ctx, { entity, symptom: asked, since, depth, place, window }) {
    const { data, asOf } = ctx
    if (!indexModel(data.model).entity(entity))
      throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
        fix: 'Choose an entity of the model.',
      })
    const judged = await judgeSymptoms(data, entity, { asked, windowMinutes: windowMinutes(window), asOf })
    const felt = feltOf(judged, asked)
    if (felt === null || felt.judged.judgement.value !== 'abnormal') return unfelt(data.model, entity, judged)
    const began = beganAt(since, asOf) ?? felt.judged.judgement.onset
    const from = Math.max(began ?? asOf - windowMinutes(window) * minute, asOf - 180 * minute)
    const span = { from: aligned(Math.min(from, asOf - 3 * minute) - leadMinutes * minute), to: asOf }
    const flows = await fetchCallFlows(data, entity, { span, depth, symptom: felt.symptom, asOf })
    ctx.heartbeat('flows fetched')
    const ranking = rankRootCauses({
      target: entity,
      symptom: felt.symptom,
      nodes: flows.nodes,
      calls: flows.calls,
      badFrom: Math.ceil((from - span.from) / (flowStepSeconds * 1000)),
    })
    const placeText = placeOfEntity(place, entity)?.part?.cause ?? null
    return found({ model: data.model, entity, felt, ranking, flows, began, placeText })
  },
})

interface Felt {
  symptom: FlowSymptom
  judged: Judged
}

async function judgeSymptoms(
  data: DataService,
  entity: string,
  { asked, windowMinutes: minutes, asOf }: { asked: 'auto' | FlowSymptom; windowMinutes: number; asOf: number },
): Promise<Felt[]> {
  const wanted = goldenMeasures(data.model, entity).flatMap(({ aspect, ref, where }) =>
    (aspect === 'errors' || aspect === 'latency') && (asked === 'auto' || aspect === asked)
      ? [{ symptom: aspect, ref, where }]
      : [],
  )
  return Promise.all(
    wanted.map(async ({ symptom, ref, where }) => ({
      symptom,
      judged: await fetchAndJudge(data, { measure: ref, where, windowMinutes: minutes, asOf }),
    })),
  )
}

/** Failures before slowness: what fails fast is not slow, and what times out is both. */
function feltOf(judged: Felt[], asked: 'auto' | FlowSymptom): Felt | null {
  const abnormal = judged.filter((one) => one.judged.judgement.value === 'abnormal')
  const order = (one: Felt) => (one.symptom === 'errors' ? 0 : 1)
  const of = (list: Felt[]) => list.toSorted((a, b) => order(a) - order(b))[0] ?? null
  return of(abnormal) ?? (asked === 'auto' ? null : of(judged))
}

function beganAt(given: string | null, asOf: number): number | null {
  const at = sinceOf(given)
  return at === null ? null : Math.min(at, asOf)
}

const aligned = (t: number): number => Math.floor(t / (flowStepSeconds * 1000)) * flowStepSeconds * 1000

function unfelt(model: Model, entity: string, judged: Felt[]) {
  const values = judged.map((one) => one.judged.judgement.value)
  const isSeen = values.length > 0 && values.every((value) => value === 'normal')
  const unseen = judged.filter((one) => one.judged.judgement.value === 'inconclusive')
  const reason =
    judged.length === 0
      ? `${entity} has neither a latency nor a share of failures in the model`
      : isSeen
        ? `${entity} is as expected: there is nothing to follow`
        : `${unseen.map((one) => one.judged.title).join(' and ')} cannot be judged`
  const quality = worstQuality(judged.map((one) => one.judged.judgement.quality))
  const empty = { completeness: 0, freshnessSeconds: null, notes: [] }
  const verdict: Verdict = {
    value: isSeen ? 'normal' : 'inconclusive',
    confidence: isSeen ? Math.min(...judged.map((one) => one.judged.judgement.confidence)) : 1,
    reasons: [reason, ...judged.flatMap((one) => one.judged.judgement.reasons.slice(0, 1))],
    quality: judged.length === 0 ? empty : quality,
  }
  return {
    outcome: isSeen ? 'none' : 'inconclusive',
    output: {
      entity,
      since: null,
      headline: null,
      owner: ownerOf(model, entity),
      symptom: null,
      suspect: entity,
      ranked: [],
      unchecked: [],
    },
    summary: reason,
    verdict,
    evidence: judged.map((one) => seriesEvidence(one.judged, { id: `symptom-${one.symptom}` })),
    hypotheses: [],
  }
}

interface Found {
  model: Model
  entity: string
  felt: Felt
  ranking: RootCauseAnswer
  flows: CallFlows
  began: number | null
  /** Where a step before found the fault, when it is a part of the entity. */
  placeText: string | null
}

function found(all: Found) {
  const { model, entity, felt, ranking, flows, began } = all
  const [first] = ranking.ranked
  const isFound = ranking.status === 'found' && first !== undefined
  const root = isFound ? first.id : entity
  // The measures say abnormal while the flows do not show it: the flows are too coarse to split it.
  const outcome = isFound ? 'found' : ranking.status === 'spread' ? 'spread' : 'inconclusive'
  const wrong = `${felt.judged.title}: ${felt.judged.judgement.reasons[0] ?? 'abnormal'}`
  const summary = isFound ? `${titleOf(model, root)} added ${percent(first.share)} of it` : sentence(ranking.reason)
  const value: VerdictValue = outcome === 'inconclusive' ? 'inconclusive' : 'abnormal'
  const quality = worstQuality([felt.judged.judgement.quality, flows.quality])
  return {
    outcome,
    output: {
      entity: root,
      since: began === null ? null : new Date(began).toISOString(),
      headline: isFound ? headlineOf(all, first) : null,
      owner: ownerOf(model, root),
      symptom: felt.symptom,
      suspect: root,
      ranked: ranking.ranked.slice(0, mostRows).map(({ id, share, path }) => ({ entity: id, share, path })),
      unchecked: [
        ...flows.unmeasured.map((id) => `${id} has no measures in the model`),
        ...(flows.left > 0 ? [`${flows.left} dependencies farther away were not looked at`] : []),
        ...ranking.notes,
      ],
    },
    summary,
    verdict: {
      value,
      confidence: isFound ? Math.min(0.95, 0.5 + first.share / 2) : 0.6,
      reasons: [sentence(ranking.reason), wrong],
      quality,
    },
    evidence: evidenceOf(all),
    hypotheses: isFound || outcome === 'spread' ? hypothesesOf(all) : [],
  }
}

function headlineOf({ model, entity, felt }: Found, { id }: RankedCause): string {
  const what = felt.symptom === 'latency' ? 'slow' : 'failing'
  return id === entity
    ? `${titleOf(model, entity)} is ${what} of itself`
    : `${titleOf(model, entity)} is ${what} because of ${titleOf(model, id)}`
}

function hypothesesOf({ model, entity, felt, ranking, placeText }: Found): Hypothesis[] {
  const what = felt.symptom === 'latency' ? 'slow' : 'failing'
  const isFound = ranking.status === 'found'
  return ranking.ranked.slice(0, mostHypotheses).map(({ id, share, supports, against }, place): Hypothesis => {
    const isOwn = id === entity
    const added = `it added ${percent(share)} of what ${entity} shows`
    const isPart = share > leastShare
    const reasons = [
      ...against,
      ...(placeText === null || isOwn || !isPart
        ? []
        : [`the fault sits in one place (${placeText}), while ${id} serves all`]),
      ...(isOwn && isPart ? ['what makes it so was not found'] : []),
    ]
    return {
      kind: isOwn ? 'entity' : 'dependency',
      key: isOwn ? `entity:${id}` : `dependency:${id}`,
      cause: `${titleOf(model, id)} is ${what}${isOwn ? ' of itself' : ''}`,
      likelihood: likelihoodOf({ share, isOwn, isRoot: place === 0 && isFound, isPlaced: placeText !== null }),
      supports: isPart ? [added, ...supports] : supports,
      against: !isPart && reasons.length === 0 ? [added] : reasons,
    }
  })
}

/** That it is the entity itself says little; a dependency of a fault that sits in one place of the entity is rather not it. */
function likelihoodOf(one: { share: number; isOwn: boolean; isRoot: boolean; isPlaced: boolean }): number {
  const { share, isOwn, isRoot, isPlaced } = one
  if (share <= leastShare) return 0
  if (isOwn) return 0.35 * share
  if (isPlaced) return 0.12 * share
  return isRoot ? 0.45 + 0.45 * share : 0.3 * share
}

function evidenceOf({ model, entity, felt, ranking, flows }: Found): Evidence[] {
  const index = indexModel(model)
  const [first] = ranking.ranked
  const path = ranking.status === 'found' ? (first?.path ?? []) : []
  const shown = new Set(ranking.ranked.map(({ id }) => id))
  const inside = flows.calls.filter(([from, to]) => shown.has(from) && shown.has(to))
  const isHot = (from: string, to: string) => path.some((id, place) => id === from && path[place + 1] === to)
  const topology: Evidence = {
    id: 'root-cause',
    kind: 'topology',
    title: `What ${entity} waits for`,
    subtitle: sentence(ranking.reason),
    nodes: ranking.ranked.map((one) => {
      const known = index.entity(one.id)
      const note = one.supports[0] ?? one.against[0]
      return {
        id: one.id,
        title: titleOf(model, one.id),
        ...(known ? { kind: known.kind } : {}),
        verdict: verdictOf(one, ranking),
        ...(note === undefined ? {} : { note }),
      }
    }),
    edges: inside.map(([from, to]) => ({ from, to, ...(isHot(from, to) ? { hot: true } : {}) })),
    queries: flows.queries,
  }
  const unit = felt.symptom === 'latency' ? 's' : 'failures'
  const table: Evidence = {
    id: 'root-cause-parts',
    kind: 'table',
    title: felt.symptom === 'latency' ? 'Extra seconds in a minute' : 'Extra failures in a minute',
    subtitle: 'What each added itself, after what it waited for is taken off',
    columns: [
      { key: 'entity', label: 'Where' },
      { key: 'own', label: 'Added itself', unit },
      { key: 'extra', label: 'With what it waited for', unit },
      { key: 'share', label: 'Share', unit: 'ratio' },
      { key: 'note', label: 'Why' },
    ],
    rows: ranking.ranked.slice(0, mostRows).map(({ id, own, extra, share, supports, against }) => ({
      entity: titleOf(model, id),
      own,
      extra,
      share,
      note: [...supports, ...against].join('; '),
    })),
  }
  return [topology, table, seriesEvidence(felt.judged, { id: `symptom-${felt.symptom}` })]
}

/** Echoes are abnormal as well, and drawn so; a node without a figure of its own is not known. */
function verdictOf({ id, extra, score, share }: RankedCause, { ranked, status }: RootCauseAnswer): VerdictValue {
  if (status === 'found' && ranked[0]?.id === id) return 'abnormal'
  if (extra === null) return share > leastShare ? 'abnormal' : 'inconclusive'
  return score !== null && score > 3 ? 'abnormal' : 'normal'
}

const titleOf = (model: Model, id: string): string => indexModel(model).entity(id)?.title ?? id
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
