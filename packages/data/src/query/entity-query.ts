/** Entity query: what exists, found by kind, id and attributes, its own or inherited. */
import { suggest } from '@tenon/runbook'
import { DataError } from '../data-error.ts'
import type { Entity, Model } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import type { EntityQuery } from './service.ts'

/** In the model's order; empty when nothing matches. */
export function queryEntities(model: Model, { kind, id, where = {} }: EntityQuery): Entity[] {
  const index = indexModel(model)
  const conditions = Object.entries(where)
  const matches = (entity: Entity) =>
    (kind === undefined || entity.kind === kind) &&
    conditions.every(([key, value]) => attributesOf(model, entity).get(key)?.has(value) ?? false)
  if (id !== undefined) return [index.entity(id)].flatMap((entity) => (entity && matches(entity) ? [entity] : []))
  if (kind === undefined) return model.entities.filter(matches)
  const filters = conditions.map(([name, value]) => ({ name, values: [value] }))
  return candidates(model, kind, filters).filter(matches)
}

/**
 * Entities of a kind of which the attributes do not rule out the filters, in the model's order where one filter is left: a few of
 * 50,000 hosts, without looking at each. They are to be checked one by one.
 */
export function candidates(
  model: Model,
  kind: string,
  filters: readonly { name: string; values: readonly string[] }[],
): readonly Entity[] {
  let fewest = indexModel(model).entitiesOfKind(kind)
  for (const { name, values } of filters) {
    if (name === kind) continue
    const { having, lacking } = postingsOf(model, kind, name)
    const found = [...new Set([...values.flatMap((value) => having.get(value) ?? []), ...lacking])]
    if (found.length < fewest.length) fewest = found
  }
  return fewest
}

interface Postings {
  having: Map<string, Entity[]>
  lacking: Entity[]
}
const postings = new WeakMap<Model, Map<string, Postings>>()

/** Of one kind and attribute, made when it is first asked for. */
function postingsOf(model: Model, kind: string, name: string): Postings {
  let known = postings.get(model)
  if (!known) postings.set(model, (known = new Map()))
  const key = JSON.stringify([kind, name])
  const kept = known.get(key)
  if (kept) return kept
  const made: Postings = { having: new Map(), lacking: [] }
  for (const entity of indexModel(model).entitiesOfKind(kind)) {
    const values = attributesOf(model, entity).get(name)
    if (!values) made.lacking.push(entity)
    for (const value of values ?? []) {
      const list = made.having.get(value)
      if (list) list.push(entity)
      else made.having.set(value, [entity])
    }
  }
  known.set(key, made)
  return made
}

/**
 * An entity's attributes, each with the values that it has. Owner and tier count as attributes. What it does not say itself it
 * inherits: first what the entities that its attributes name say of themselves (a host has its service's owner), then from those
 * that it runs on (a host is in its zone, a service in the zones of its hosts).
 */
export function attributesOf(model: Model, entity: Entity): Attributes {
  let known = found.get(model)
  if (!known) found.set(model, (known = new Map()))
  let attributes = known.get(entity.id)
  if (!attributes) known.set(entity.id, (attributes = inherited(model, entity, new Set())))
  return attributes
}

export type Attributes = ReadonlyMap<string, ReadonlySet<string>>

/** A model does not change, and its quality checks ask for the same entities over and over. */
const found = new WeakMap<Model, Map<string, Attributes>>()

/** @throws DataError `unknown-entity` */
export function findEntity(model: Model, id: string): Entity {
  const found = indexModel(model).entity(id)
  if (found) return found
  const known = model.entities.map((entity) => entity.id)
  throw new DataError('unknown-entity', `The model has no entity "${id}".`, { fix: suggest(id, known, 'entity') })
}

function inherited(model: Model, entity: Entity, seen: Set<string>): Attributes {
  seen.add(entity.id)
  const index = indexModel(model)
  const named = [...new Set(Object.values(entity.attributes))].flatMap((id) => index.entity(id) ?? [])
  const below = new Set(index.relationsFrom(entity.id).flatMap(({ to, kind }) => (kind === 'runs-on' ? [to] : [])))
  const fromNamed = named.map(ownAttributes)
  const fromBelow = [...below]
    .filter((id) => !seen.has(id))
    .flatMap((id) => index.entity(id) ?? [])
    .map((parent) => inherited(model, parent, seen))
  return new Map([...union(fromBelow), ...union(fromNamed), ...ownAttributes(entity)])
}

function ownAttributes({ attributes, owner, tier }: Entity): Attributes {
  const own = new Map<string, Set<string>>()
  if (owner !== undefined) own.set('owner', new Set([owner]))
  if (tier !== undefined) own.set('tier', new Set([String(tier)]))
  for (const [key, value] of Object.entries(attributes)) own.set(key, new Set([value]))
  return own
}

function union(all: Attributes[]): Attributes {
  const joined = new Map<string, Set<string>>()
  for (const [key, values] of all.flatMap((one) => [...one]))
    joined.set(key, new Set([...(joined.get(key) ?? []), ...values]))
  return joined
}
