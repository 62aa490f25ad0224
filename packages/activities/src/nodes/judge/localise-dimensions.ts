import { locateDimensions, type DimensionAnswer, type LocatedPlace, type Sample } from '@tenon/analysis'
import { indexModel, type MeasurePlace } from '@tenon/data'
import type { Evidence, EvidenceQuery, Hypothesis, Verdict } from '@tenon/runbook'
import * as z from 'zod'
import { whereField, windowField, windowMinutes } from '../../input-fields.ts'
import { countedOf, fetchLeaves, type DimensionLeaves, type GroupSeries } from '../../judge/dimension-leaves.ts'
import { findMeasure } from '../../judge/fetch-and-judge.ts'
import { ownerOf } from '../../judge/judge-chain.ts'
import { percent } from '../../judge/figures.ts'
import { sinceOf } from '../../judge/since.ts'
import { NodeError } from '../../node-error.ts'
import { defineNode } from '../../node.ts'
import { entityFinding } from './entity-finding.ts'

const minute = 60_000
const mostDimensions = 8
const mostRows = 12
/** With less of what should report, a part that is not seen looks like one that fell. */
const leastComplete = 0.7

export const localiseDimensions = defineNode({
  type: 'judge.localise-dimensions',
  version: 1,
  title: 'Which dimension?',
  description:
    'Splits a count or a share of events by its dimensions and finds the combinations of values in which it changed: a client version, a provider in one zone. All combinations are looked at; the coarsest that holds the change is named, and why not a coarser one. There is nothing to tune. A change that all combinations share has no place, and is said to be spread.',
  group: 'judge',
  icon: 'layers',
  effect: 'read',
  idempotent: true,
  outcomes: [
    { name: 'found', tone: 'abnormal', meaning: 'A few combinations of values hold the change.' },
    { name: 'spread', tone: 'abnormal', meaning: 'It changed, in all combinations alike or in too many to name.' },
    { name: 'none', tone: 'normal', meaning: 'No combination changed beyond noise.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'Too few events, or nothing to split them by.' },
  ],
  mainInput: 'measure',
  input: z.object({
    measure: z.string().min(1).meta({
      title: 'Measure',
      description: 'A count or a share of events, <table>.<measure>, e.g. payment.success-rate.',
      'x-widget': 'measure',
    }),
    dimensions: z
      .array(z.string())
      .default([])
      .meta({ title: 'Dimensions', description: 'By which it is split; empty for all that the measure has.' }),
    where: whereField,
    since: z.string().nullable().default('').meta({
      title: 'Since',
      description: 'When it began, ISO 8601; empty for the beginning of the window.',
      'x-widget': 'text',
    }),
    window: windowField,
  }),
  output: entityFinding.extend({
    measure: z.string(),
    status: z.enum(['located', 'spread', 'nothing', 'inconclusive']),
    places: z.array(
      z.object({
        where: z.record(z.string(), z.string()),
        text: z.string(),
        /** Counts: events now and as expected. Shares: of bad events. */
        now: z.number(),
        usual: z.number(),
        /** Share of the change that lies here. */
        explained: z.number(),
        /** Share of all events that lies here. */
        share: z.number(),
      }),
    ),
    /** What could not be checked, a sentence each. */
    unchecked: z.array(z.string()),
  }),
  async run(ctx, { measure: ref, dimensions: asked, where, since, window }) {
    const { data, asOf } = ctx
    const measure = findMeasure(data, ref)
    const place = indexModel(data.model).measure(ref)
    const began = beganAt(since, asOf)
    const from = Math.min(began ?? asOf - windowMinutes(window) * minute, asOf - 2 * minute)
    const dimensions = dimensionsOf(place, asked, where)
    const counted = place ? countedOf(data.model, place) : null
    const title = place?.title ?? measure.title
    if (!counted || counted.kind === 'none' || dimensions.length === 0) {
      const reason =
        counted?.kind === 'none' ? counted.reason : `${title} has no dimension left that it could be split by`
      return answer({
        title,
        ref,
        kind: 'none',
        found: unable(reason),
        leaves: null,
        entity: place?.entity ?? null,
        began,
      })
    }
    const span = { from, to: asOf, usualTo: from }
    const minimumEvents = measure.minimumEvents
    const leaves = await fetchLeaves(data, { counted, dimensions, where, span, minimumEvents, asOf })
    ctx.heartbeat('combinations fetched')
    const { completeness, notes } = leaves.quality
    const found =
      completeness < leastComplete
        ? unable(`too much of the data is missing to compare its parts${notes[0] ? `: ${notes[0]}` : ''}`)
        : locateDimensions(leaves.question)
    const entity = place?.entity ?? null
    const owner = entity === null ? null : ownerOf(data.model, entity)
    return answer({ title, ref, kind: counted.kind, found, leaves, entity, began, owner })
  },
})

/** No further back than is looked at. */
function beganAt(given: string | null, asOf: number): number | null {
  const at = sinceOf(given)
  return at === null ? null : Math.max(Math.min(at, asOf), asOf - 3 * 60 * minute)
}

function dimensionsOf(place: MeasurePlace | null, asked: string[], where: Record<string, string>): string[] {
  const known = place?.dimensions ?? []
  const strange = asked.filter((name) => !known.includes(name))
  if (strange.length > 0)
    throw new NodeError('bad-input', `${place?.title ?? 'The measure'} has no dimension ${strange.join(', ')}.`, {
      fix: `Choose of ${known.join(', ') || 'none: it has no dimensions'}.`,
    })
  return (asked.length > 0 ? asked : known).filter((name) => !Object.hasOwn(where, name)).slice(0, mostDimensions)
}

const unable = (reason: string): DimensionAnswer => ({
  status: 'inconclusive',
  places: [],
  explained: 0,
  reason,
  notes: [],
})

interface Answered {
  title: string
  ref: string
  kind: 'count' | 'ratio' | 'none'
  found: DimensionAnswer
  leaves: DimensionLeaves | null
  entity: string | null
  began: number | null
  owner?: string | null
}

const outcomes = { located: 'found', spread: 'spread', nothing: 'none', inconclusive: 'inconclusive' } as const

function answer(all: Answered) {
  const { title, ref, found, leaves, entity, began, owner = null } = all
  const [first] = found.places
  const isAbnormal = found.status === 'located' || found.status === 'spread'
  const summary = found.status === 'located' && first ? `${title}: ${figuresOf(all, first)}` : sentence(found.reason)
  return {
    outcome: outcomes[found.status],
    output: {
      entity,
      since: isAbnormal && began !== null ? new Date(began).toISOString() : null,
      headline: found.status === 'located' && first ? `${title} changed in ${first.text}` : null,
      owner,
      measure: ref,
      status: found.status,
      places: found.places.map(({ where, text, now, usual, explained, share }) => ({
        where,
        text,
        now,
        usual,
        explained,
        share,
      })),
      unchecked: found.notes.map((note) => `${title}: ${note}`),
    },
    summary,
    verdict: verdictOf(found, leaves),
    evidence: leaves === null ? [] : evidenceOf(all, leaves),
    hypotheses: found.status === 'inconclusive' ? [] : found.places.map((place) => hypothesisOf(all, place)),
  }
}

function figuresOf({ kind }: Answered, { text, now, usual, explained }: LocatedPlace): string {
  const figures =
    kind === 'ratio'
      ? `${percent(now)} fail, usual ${percent(usual)}`
      : `${Math.round(now)} events, expected ${Math.round(usual)}`
  return `${text}: ${figures}; ${percent(explained)} of the change`
}

function hypothesisOf(all: Answered, place: LocatedPlace): Hypothesis {
  const { found, ref, title, kind } = all
  const key = Object.entries(place.where)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',')
  const verb = kind === 'ratio' ? 'fails more' : place.change < 0 ? 'fell' : 'rose'
  return {
    kind: 'dimension',
    key: `dimension:${ref}:${key}`,
    cause: `${title.toLowerCase()} ${verb} in ${place.text}`,
    // A place says where, not why: what names a reason there comes before it.
    likelihood:
      found.status === 'located' ? 0.3 + 0.45 * Math.min(1, place.explained) : 0.3 * Math.min(1, place.explained),
    supports: [...place.supports, ...place.notCoarser.map(({ text, reason }) => `not ${text} as such: ${reason}`)],
    against: found.status === 'spread' ? [found.reason] : [],
  }
}

function verdictOf(found: DimensionAnswer, leaves: DimensionLeaves | null): Verdict {
  const quality = leaves?.quality ?? { completeness: 0, freshnessSeconds: null, notes: [] }
  const reasons = [sentence(found.reason), ...found.places.flatMap(({ supports }) => supports.slice(0, 1))]
  switch (found.status) {
    case 'located':
      return { value: 'abnormal', confidence: 0.9, reasons, quality }
    case 'spread':
      return { value: 'abnormal', confidence: 0.7, reasons, quality }
    case 'nothing':
      return { value: 'normal', confidence: 0.9, reasons, quality }
    case 'inconclusive':
      return { value: 'inconclusive', confidence: 1, reasons, quality }
  }
}

function evidenceOf(all: Answered, leaves: DimensionLeaves): Evidence[] {
  const { found, title, kind } = all
  const isRatio = kind === 'ratio'
  const table: Evidence = {
    id: 'dimensions',
    kind: 'table',
    title: `${title} by ${leaves.question.attributes.join(', ')}`,
    subtitle: sentence(found.reason),
    verdict: found.status === 'inconclusive' ? 'inconclusive' : found.status === 'nothing' ? 'normal' : 'abnormal',
    columns: [
      { key: 'place', label: 'Where' },
      { key: 'now', label: isRatio ? 'Fail now' : 'Events now', ...(isRatio ? { unit: 'ratio' } : {}) },
      { key: 'usual', label: isRatio ? 'Fail usually' : 'Expected', ...(isRatio ? { unit: 'ratio' } : {}) },
      { key: 'explained', label: 'Of the change', unit: 'ratio' },
      { key: 'share', label: 'Of all events', unit: 'ratio' },
      { key: 'note', label: 'Why not coarser' },
    ],
    rows: found.places.slice(0, mostRows).map((place) => ({
      place: place.text,
      now: place.now,
      usual: place.usual,
      explained: place.explained,
      share: place.share,
      note: place.notCoarser.map(({ text, reason }) => `${text}: ${reason}`).join('; '),
    })),
    queries: distinct(leaves.queries),
  }
  const [first] = found.places
  return first ? [table, chartOf(all, leaves, first)] : [table]
}

/** The place against everything else, over the time that was fetched. */
function chartOf({ title, kind }: Answered, leaves: DimensionLeaves, place: LocatedPlace): Evidence {
  const { attributes } = leaves.question
  const isInside = ({ values }: GroupSeries) =>
    attributes.every((name, index) => place.where[name] === undefined || place.where[name] === values[index])
  const inside = leaves.groups.filter(isInside)
  const outside = leaves.groups.filter((group) => !isInside(group))
  return {
    id: 'dimension-course',
    kind: 'series',
    title: `${title}: ${place.text} and the rest`,
    verdict: 'abnormal',
    unit: kind === 'ratio' ? 'ratio' : 'events/min',
    series: [
      { name: kind === 'ratio' ? `${place.text}, failing` : place.text, points: courseOf(inside) },
      { name: kind === 'ratio' ? 'elsewhere, failing' : 'elsewhere', points: courseOf(outside) },
    ],
    queries: distinct(leaves.queries),
  }
}

function courseOf(groups: GroupSeries[]): Sample[] {
  const sums = new Map<number, { bad: number; total: number; isKnown: boolean }>()
  for (const { bad, total } of groups) {
    for (const [index, [t, value]] of bad.entries()) {
      const sum = sums.get(t) ?? { bad: 0, total: 0, isKnown: false }
      sums.set(t, sum)
      if (value === null) continue
      sum.bad += value
      sum.total += total?.[index]?.[1] ?? 0
      sum.isKnown = true
    }
  }
  const isRatio = groups.some(({ total }) => total !== null)
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([t, { bad, total, isKnown }]) => {
      if (!isKnown) return [t, null]
      return [t, isRatio ? (total > 0 ? bad / total : null) : bad]
    })
}

function distinct(queries: EvidenceQuery[]): EvidenceQuery[] {
  return [...new Map(queries.map((query) => [JSON.stringify(query), query])).values()]
}

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
