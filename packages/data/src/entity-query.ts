/** Entity query: what exists, found by kind, id and attributes, its own or inherited. */
import { suggest } from '@tenon/runbook'
import { DataError } from './data-error.ts'
import type { Entity, Model } from './model.ts'
import type { EntityQuery } from './service.ts'

/** In the model's order; empty when nothing matches. */
export function queryEntities(model: Model, { kind, id, where = {} }: EntityQuery): Entity[] {
  const conditions = Object.entries(where)
  return model.entities.filter((entity) => {
    if (kind !== undefined && entity.kind !== kind) return false
    if (id !== undefined && entity.id !== id) return false
    if (conditions.length === 0) return true
    const attributes = attributesOf(model, entity)
    return conditions.every(([key, value]) => attributes.get(key)?.has(value) ?? false)
  })
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
  const found = model.entities.find((entity) => entity.id === id)
  if (found) return found
  const known = model.entities.map((entity) => entity.id)
  throw new DataError('unknown-entity', `The model has no entity "${id}".`, { fix: suggest(id, known, 'entity') })
}

function inherited(model: Model, entity: Entity, seen: Set<string>): Attributes {
  seen.add(entity.id)
  const named = new Set(Object.values(entity.attributes))
  const below = new Set(
    model.relations.filter(({ from, kind }) => from === entity.id && kind === 'runs-on').map(({ to }) => to),
  )
  const fromNamed = model.entities.filter(({ id }) => named.has(id)).map(ownAttributes)
  const fromBelow = model.entities
    .filter(({ id }) => below.has(id) && !seen.has(id))
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
