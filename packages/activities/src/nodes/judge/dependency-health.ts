import { dependencyKinds, indexModel, worstQuality, type Model } from '@tenon/data'
import { verdictValue, type Evidence, type Hypothesis, type Verdict, type VerdictValue } from '@tenon/runbook'
import * as z from 'zod'
import { entityField, windowField, windowMinutes } from '../../input-fields.ts'
import { dependencyPath, type DependencyPath } from '../../judge/dependency-path.ts'
import { seriesEvidence } from '../../judge/fetch-and-judge.ts'
import { listText } from '../../judge/figures.ts'
import { causeOf, figuresOf, judgeAllDependencies, type JudgedDependency } from '../../judge/judge-dependencies.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { entityFinding } from './entity-finding.ts'
import { placeField, placeOfEntity } from './fault-place.ts'

const minute = 60_000
/** A dependency that went wrong later than what people feel is rather its victim. */
const lateMinutes = 3
const mostCharts = 4

export const dependencyHealth = defineNode({
  type: 'judge.dependency-health',
  version: 1,
  title: 'Are its dependencies well?',
  description:
    'Walks along what an entity calls and stores in, and judges each dependency by its own measures: success, latency, saturation, waits. The one that is abnormal and has no abnormal dependency itself is named as the origin; others on the way are its echoes. Traffic is not judged: it follows from the callers.',
  group: 'judge',
  icon: 'heart-pulse',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'ill', tone: 'abnormal', meaning: 'A dependency is abnormal.' },
    { name: 'well', tone: 'normal', meaning: 'Every dependency that can be judged is as expected.' },
    { name: 'none', tone: 'neutral', meaning: 'The model knows no dependency of it.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'None is abnormal, and some cannot be judged.' },
  ],
  mainInput: 'entity',
  input: z.object({
    entity: entityField,
    depth: z.number().int().min(1).max(4).default(2).meta({
      title: 'Depth',
      description: 'How many calls away is looked.',
    }),
    since: z.string().nullable().default('').meta({
      title: 'Since',
      description: 'When what people feel began, ISO 8601; a dependency that went wrong later is not its cause.',
      'x-widget': 'text',
    }),
    place: placeField,
    window: windowField,
  }),
  output: entityFinding.extend({
    /** The origin when a dependency is abnormal, else the entity that was asked about: what a change should be looked for at. */
    suspect: z.string(),
    dependencies: z.array(z.object({ entity: z.string(), verdict: verdictValue, note: z.string() })),
    /** What could not be checked, a sentence each. */
    unchecked: z.array(z.string()),
  }),
  async run(ctx, { entity, depth, since, place, window }) {
    const { data, asOf } = ctx
    const { model } = data
    if (!indexModel(model).entity(entity))
      throw new NodeError('unknown-entity', `The model has no entity "${entity}".`, {
        fix: 'Choose an entity of the model.',
      })
    const all = await judgeAllDependencies(data, entity, { depth, windowMinutes: windowMinutes(window), asOf })
    const measured = all.filter(({ judged }) => judged.length > 0)
    const abnormal = new Set(measured.flatMap((one) => (valueOf(one) === 'abnormal' ? [one.entity] : [])))
    const path = dependencyPath(entity, {
      links: model.relations.filter(({ kind }) => dependencyKinds.includes(kind)),
      abnormal,
      onsetOf: (id) => onsetOf(measured.find((one) => one.entity === id)),
    })
    const [root] = path.roots
    const origin = measured.find((one) => one.entity === root)
    const value: VerdictValue =
      abnormal.size > 0
        ? 'abnormal'
        : measured.length === 0 || measured.some((one) => valueOf(one) === 'inconclusive')
          ? 'inconclusive'
          : 'normal'
    const unchecked = all
      .filter(({ judged }) => judged.length === 0)
      .map((one) => `${one.entity} has no measures in the model`)
    const began = onsetOf(origin)
    const felt = since ? Date.parse(since) : Number.NaN
    const placeText = placeOfEntity(place, entity)?.part?.cause ?? null
    return {
      outcome: all.length === 0 ? 'none' : value === 'abnormal' ? 'ill' : value === 'normal' ? 'well' : 'inconclusive',
      output: {
        entity: root ?? entity,
        suspect: root ?? entity,
        since: began === null ? null : new Date(began).toISOString(),
        headline: origin ? capital(causeOf(origin.entity, abnormalOf(origin))) : null,
        owner: ownerOf(model, root ?? entity),
        dependencies: measured.map((one) => ({ entity: one.entity, verdict: valueOf(one), note: noteOf(one) })),
        unchecked,
      },
      summary: summaryOf({ all, measured, origin, value }),
      ...(all.length === 0 ? {} : { verdict: verdictOf(measured, value) }),
      evidence: evidenceOf(model, entity, { all, measured, path }),
      hypotheses: measured.map((one) => hypothesisOf(one, { path, felt: Number.isNaN(felt) ? null : felt, placeText })),
    }
  },
})

const abnormalOf = ({ judged }: JudgedDependency) => judged.filter(({ judgement }) => judgement.value === 'abnormal')

function valueOf({ judged }: JudgedDependency): VerdictValue {
  const values = judged.map(({ judgement }) => judgement.value)
  if (values.includes('abnormal')) return 'abnormal'
  return values.includes('inconclusive') ? 'inconclusive' : 'normal'
}

/** Of its abnormal measures the one that deviates most: quantiles over windows turn later than means. */
function onsetOf(one: JudgedDependency | undefined): number | null {
  const onsets = one ? abnormalOf(one).flatMap(({ judgement }) => judgement.onset ?? []) : []
  return onsets.length === 0 ? null : Math.min(...onsets)
}

function noteOf(one: JudgedDependency): string {
  const [worst] = abnormalOf(one)
  const shown = worst ?? one.judged[0]
  return shown ? figuresOf(shown) : 'no measures'
}

function hypothesisOf(
  one: JudgedDependency,
  { path, felt, placeText }: { path: DependencyPath; felt: number | null; placeText: string | null },
): Hypothesis {
  const common = { kind: 'dependency' as const, key: `dependency:${one.entity}` }
  const abnormal = abnormalOf(one)
  if (abnormal.length === 0) {
    const unseen = one.judged.filter(({ judgement }) => judgement.value === 'inconclusive')
    const isSeen = unseen.length === 0
    const against = isSeen
      ? [`as expected: ${listText(one.judged.map(figuresOf))}`]
      : [`${listText(unseen.map(({ title }) => title))} could not be judged`]
    return { ...common, cause: `${one.entity} is abnormal`, likelihood: isSeen ? 0 : 0.1, supports: [], against }
  }
  const onset = onsetOf(one)
  const isLate = felt !== null && onset !== null && onset > felt + lateMinutes * minute
  const isOrigin = path.roots.includes(one.entity)
  const isOnPath = path.reached.includes(one.entity)
  const against = [
    ...(placeText === null ? [] : [`the fault sits in one place (${placeText}), while ${one.entity} serves all`]),
    ...(isLate ? [`${one.entity} became abnormal only after it was felt`] : []),
    ...(isOnPath && !isOrigin ? [`${one.entity} depends on ${listText(path.roots)}, abnormal too: an echo of it`] : []),
    ...(isOnPath ? [] : ['what lies between it and the entity is as expected']),
  ]
  const base = placeText !== null ? 0.12 : !isOnPath ? 0.2 : !isOrigin ? 0.3 : abnormal.length > 1 ? 0.92 : 0.8
  return {
    ...common,
    cause: causeOf(one.entity, abnormal),
    likelihood: isLate ? base / 2 : base,
    supports: abnormal.map(figuresOf),
    against,
  }
}

function summaryOf(found: {
  all: JudgedDependency[]
  measured: JudgedDependency[]
  origin: JudgedDependency | undefined
  value: VerdictValue
}): string {
  const { all, measured, origin, value } = found
  if (all.length === 0) return 'It depends on nothing that the model knows'
  switch (value) {
    case 'abnormal': {
      const ill = measured.filter((one) => valueOf(one) === 'abnormal')
      if (origin) return capital(causeOf(origin.entity, abnormalOf(origin)))
      return `${listText(ill.map((one) => one.entity))} ${ill.length === 1 ? 'is' : 'are'} abnormal, not on the way`
    }
    case 'normal':
      return `${listText(measured.map((one) => one.entity))} ${measured.length === 1 ? 'is' : 'are'} as expected`
    case 'inconclusive': {
      const unseen = measured.filter((one) => valueOf(one) === 'inconclusive')
      const who = (unseen.length > 0 ? unseen : all).map((one) => one.entity)
      return `Cannot judge ${listText(who)}`
    }
  }
}

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

function verdictOf(measured: JudgedDependency[], value: VerdictValue): Verdict {
  const deciding = measured.flatMap(({ judged }) => judged.filter(({ judgement }) => judgement.value === value))
  const all = measured.flatMap(({ judged }) => judged)
  if (all.length === 0) {
    const quality = { completeness: 0, freshnessSeconds: null, notes: [] }
    return { value: 'inconclusive', confidence: 1, reasons: ['No dependency has measures in the model'], quality }
  }
  const sure = deciding.map(({ judgement }) => judgement.confidence)
  const confidence = value === 'abnormal' ? Math.max(...sure) : value === 'normal' ? Math.min(...sure) : 1
  const reasons = deciding.map(({ title, judgement }) => `${title}: ${judgement.reasons[0] ?? judgement.value}`)
  return { value, confidence, reasons, quality: worstQuality(all.map(({ judgement }) => judgement.quality)) }
}

function evidenceOf(
  model: Model,
  entity: string,
  { all, measured, path }: { all: JudgedDependency[]; measured: JudgedDependency[]; path: DependencyPath },
): Evidence[] {
  const index = indexModel(model)
  const near = new Set([entity, ...all.map((one) => one.entity)])
  const isHot = (from: string, to: string) => path.hot.some((link) => link.from === from && link.to === to)
  const topology: Evidence = {
    id: 'dependencies',
    kind: 'topology',
    title: `What ${entity} depends on`,
    nodes: [...near].map((id) => {
      const found = measured.find((one) => one.entity === id)
      const known = index.entity(id)
      return {
        id,
        title: known?.title ?? id,
        ...(known ? { kind: known.kind } : {}),
        ...(found ? { verdict: valueOf(found), note: noteOf(found) } : {}),
      }
    }),
    edges: [...near]
      .flatMap((id) => index.relationsFrom(id))
      .filter(({ to, kind }) => near.has(to) && dependencyKinds.includes(kind))
      .map(({ from, to }) => ({ from, to, ...(isHot(from, to) ? { hot: true } : {}) })),
  }
  const order = [...path.roots, ...path.reached]
  const rank = ({ entity: id }: JudgedDependency) => (order.includes(id) ? order.indexOf(id) : order.length)
  const charts = measured
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((one) => abnormalOf(one).map((judged) => seriesEvidence(judged, { id: `dependency-${judged.measure}` })))
  return [topology, ...charts.slice(0, mostCharts)]
}
