/** Which entities of the model an ask is narrowed to, as values of the field that names them. */
import { DataError } from '../data-error.ts'
import { attributesOf, findEntity, queryEntities } from '../query/entity-query.ts'
import { dimensionValue, indexModel } from '../model/model-index.ts'
import type { Entity, Model } from '../model/model.ts'
import type { ComputeAsk } from './ask.ts'
import type { EntityValues } from './rows-ask.ts'

/**
 * Null when the ask is of everything.
 *
 * @throws DataError `unknown-entity` for ids that are not there, and when nothing is left: an empty choice never means everything
 */
export function askEntities(model: Model, { entities: asked }: ComputeAsk): EntityValues | null {
  if (asked === undefined) return null
  const { kind, of, ids, where = {}, field = kind } = asked
  const chosen = ids?.map((id) => findEntity(model, id)) ?? queryEntities(model, { kind })
  const passing = new Set(queryEntities(model, { kind, where }).map(({ id }) => id))
  const owner = of === undefined ? null : findEntity(model, of)
  const left = chosen.filter((entity) => passing.has(entity.id) && (owner === null || isOf(model, entity, owner)))
  if (left.length === 0)
    throw new DataError('unknown-entity', `The model has no ${kind} that is asked for.`, {
      fix: 'Check "of", "ids" and "where" of the entities, and their kind.',
    })
  return { field, values: left.map(dimensionValue) }
}

/** It says so itself or by what it inherits, or a relation does: a service runs on its hosts, a host on its zone. */
function isOf(model: Model, entity: Entity, owner: Entity): boolean {
  if (entity.id === owner.id) return true
  const said = attributesOf(model, entity).get(owner.kind)
  if (said !== undefined && (said.has(owner.id) || said.has(dimensionValue(owner)))) return true
  const index = indexModel(model)
  const holds = (from: string, to: string) =>
    index.relationsFrom(from).some((one) => one.to === to && (one.kind === 'runs-on' || one.kind === 'part-of'))
  return holds(owner.id, entity.id) || holds(entity.id, owner.id)
}
