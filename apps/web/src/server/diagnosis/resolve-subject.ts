/** A subject as it was asked for -> what the model and the alerts know of it. Reads no source. */
import { dependencyKinds, dimensionValue, indexModel, type MeasurePlace, type Model } from '@tenon/data'
import { suggest, type Symptom } from '@tenon/runbook'
import { ApiError } from '../errors.ts'
import { findPlace } from '../data/service-view.ts'
import { symptomOfAlert, symptomOfKind, symptomOfMeasure } from './infer-symptom.ts'
import type { Subject, SubjectRequest } from './subject.ts'

/** What of a stored alert is looked at. Times are ISO 8601. */
export interface AlertFacts {
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  startsAt: string
  endsAt: string | null
  entity: string | null
  measure: string | null
}

export interface Asked {
  subject: SubjectRequest
  /** Inferred without it. */
  symptom?: Symptom | undefined
  /** The moment that is looked at; now without it. ISO 8601, as the others. */
  at?: string | undefined
  /** Where what people noticed begins and ends: a selection of a chart. */
  since?: string | undefined
  until?: string | undefined
}

export interface Known {
  model: Model
  alert(id: string): Promise<AlertFacts | null>
  /** Unix milliseconds. */
  now: number
}

/** @throws ApiError `unknown-chain`, `unknown-alert`, `bad-time`; DataError `unknown-entity`, `unknown-measure`. */
export async function resolveSubject(asked: Asked, known: Known): Promise<Subject> {
  const { subject } = asked
  switch (subject.kind) {
    case 'chain':
      return withTimes(ofChain(subject.id, known.model, asked.symptom), asked, known)
    case 'entity':
      return withTimes(ofEntity(subject.id, known.model, asked.symptom), asked, known)
    case 'measure':
      return withTimes(ofMeasure(subject, known.model, asked.symptom), asked, known)
    case 'alert':
      return ofAlert(subject.id, asked, known)
  }
}

type Place = Omit<Subject, 'since' | 'asOf' | 'windowSeconds'>

function ofChain(id: string, model: Model, symptom: Symptom = 'drop'): Place {
  const chain = model.chains.find((one) => one.id === id)
  if (!chain) {
    throw new ApiError({
      status: 404,
      code: 'unknown-chain',
      message: `The model has no business chain "${id}".`,
      fix: suggest(
        id,
        model.chains.map((one) => one.id),
        'chain',
      ),
    })
  }
  const { title } = chain
  // A chain is judged by what its last step completes.
  const measure = chain.steps.at(-1)?.measure ?? null
  return { kind: 'chain', id, title, chain: { id, title }, entity: null, alert: null, measure, zone: null, symptom }
}

function ofEntity(id: string, model: Model, symptom?: Symptom): Place {
  const entity = indexModel(model).entity(id)
  if (!entity) {
    throw new ApiError({
      status: 404,
      code: 'unknown-entity',
      message: `The model has no entity "${id}".`,
      fix: suggest(
        id,
        model.entities.map((one) => one.id),
        'entity',
      ),
    })
  }
  const title = entity.title ?? id
  const wanted = symptom ?? symptomOfKind(entity.kind)
  return {
    kind: 'entity',
    id,
    title,
    chain: chainOf(id, model),
    entity: { id, title, kind: entity.kind },
    alert: null,
    measure: measureFor(wanted, indexModel(model).measuresOf(id)),
    zone: entity.kind === 'zone' ? dimensionValue(entity) : (entity.attributes['zone'] ?? null),
    symptom: wanted,
  }
}

function ofMeasure({ id, where = {} }: SubjectRequest, model: Model, symptom?: Symptom): Place {
  const place = findPlace(model, id)
  const inferred = symptom ?? symptomOfMeasure(place.measureId, place.measure)
  const entityId = place.entity ?? entityIn({ ...place.where, ...where }, model)
  if (entityId !== null) {
    const of = ofEntity(entityId, model, inferred)
    return { ...of, kind: 'measure', id: place.ref, measure: place.ref, zone: where['zone'] ?? of.zone }
  }
  const zone = where['zone'] ?? null
  const { ref: measure, title } = place
  return {
    kind: 'measure',
    id: measure,
    title,
    chain: null,
    entity: null,
    alert: null,
    measure,
    zone,
    symptom: inferred,
  }
}

async function ofAlert(id: string, asked: Asked, known: Known): Promise<Subject> {
  const alert = await known.alert(id)
  if (!alert) {
    throw new ApiError({
      status: 404,
      code: 'unknown-alert',
      message: `There is no alert "${id}".`,
      fix: 'Open Alerts and choose it there; old ones are removed.',
    })
  }
  const { model } = known
  const symptom = asked.symptom ?? symptomOfAlert(alert, measureSymptom(alert.measure, model))
  const place = placeOfAlert(alert, model, symptom)
  const named = { id, title: alert.name }
  const title = place?.title ?? alert.name
  const empty = { chain: null, entity: null, measure: null, zone: alert.labels['zone'] ?? null }
  const of = { ...empty, ...place, kind: 'alert' as const, id, title, alert: named, symptom }
  // One that has ended is looked at as it was when it fired last.
  return withTimes(of, { since: alert.startsAt, at: alert.endsAt ?? undefined, ...given(asked) }, known)
}

/** The entity or measure that an alert names may have left the model since. Its measure may be of a whole table: the entity's part is meant. */
function placeOfAlert({ entity, measure }: AlertFacts, model: Model, symptom: Symptom): Place | null {
  const index = indexModel(model)
  const place = measure === null ? null : index.measure(measure)
  if (entity === null || !index.entity(entity)) {
    return place ? ofMeasure({ kind: 'measure', id: place.ref }, model, symptom) : null
  }
  const of = ofEntity(entity, model, symptom)
  const part = place ? (index.measure(`${entity}.${place.measureId}`) ?? place) : null
  return { ...of, measure: part?.ref ?? of.measure }
}

function measureSymptom(ref: string | null, model: Model): Symptom {
  const place = ref === null ? null : indexModel(model).measure(ref)
  return place ? symptomOfMeasure(place.measureId, place.measure) : 'any'
}

/** Without the names that are undefined, so that they do not cover what an alert tells. */
function given({ at, since, until }: Pick<Asked, 'at' | 'since' | 'until'>): Pick<Asked, 'at' | 'since' | 'until'> {
  return Object.fromEntries(Object.entries({ at, since, until }).filter(([, value]) => value !== undefined))
}

const longestWindowSeconds = 86_400
const shortestWindowSeconds = 300

/** A selection ends at the moment that is looked at. */
function withTimes(place: Place, { at, since, until }: Pick<Asked, 'at' | 'since' | 'until'>, { now }: Known): Subject {
  const wanted = until ?? at
  // The right edge of a chart, and clocks of callers, may be a little ahead.
  const asOf = wanted === undefined ? null : Math.min(Date.parse(wanted), now)
  const from = since === undefined ? null : Date.parse(since)
  if (from !== null && from > (asOf ?? now)) {
    throw new ApiError({
      status: 400,
      code: 'bad-time',
      message: `since (${since ?? ''}) is later than the moment that is looked at.`,
      fix: 'Give a `since` before `until`, or before now.',
    })
  }
  const selected = from !== null && until !== undefined && asOf !== null ? (asOf - from) / 1000 : null
  return {
    ...place,
    // Where a selection begins is where somebody began to drag, not an onset.
    since: from === null || selected !== null ? null : new Date(from).toISOString(),
    asOf: asOf !== null && asOf < now - liveMs ? asOf : null,
    windowSeconds: selected === null ? null : Math.min(longestWindowSeconds, Math.max(shortestWindowSeconds, selected)),
  }
}

/** What is newer is now: charts end at a round step. */
const liveMs = 60_000

/** Whoever depends on something through more others than these does not feel it as its own. */
const mostVisited = 100

/** The chain that it is a step of, or that the nearest of those who depend on it is a step of: a database's is its service's. */
function chainOf(entity: string, model: Model): { id: string; title: string } | null {
  const index = indexModel(model)
  const seen = new Set([entity])
  // A set keeps what is added while it is walked: nearest first.
  for (const current of seen) {
    const chain = model.chains.find(({ steps }) => steps.some((step) => step.entity === current))
    if (chain) return { id: chain.id, title: chain.title }
    if (seen.size > mostVisited) return null
    const service = index.entity(current)?.attributes['service']
    if (service !== undefined && index.entity(service)) seen.add(service)
    for (const { from, kind } of index.relationsTo(current)) if (dependencyKinds.includes(kind)) seen.add(from)
  }
  return null
}

/** The entity that a filter names: of `{ host: 'pay-a-1' }` the host, which is more special than its zone or service. */
function entityIn(where: Readonly<Record<string, string>>, model: Model): string | null {
  const index = indexModel(model)
  const found = Object.entries(where).flatMap(([dimension, value]) =>
    index.entitiesOfKind(dimension).filter((entity) => dimensionValue(entity) === value),
  )
  return (found.toSorted((a, b) => specialty(a.kind) - specialty(b.kind))[0] ?? null)?.id ?? null
}

const specialty = (kind: string): number => (kind === 'host' ? 0 : kind === 'zone' ? 2 : 1)

/** Of an entity's measures the one that shows the symptom; null when none does. */
function measureFor(symptom: Symptom, places: readonly MeasurePlace[]): string | null {
  const fits = places.filter(({ measureId, measure }) => symptomOfMeasure(measureId, measure) === symptom)
  return fits[0]?.ref ?? null
}
