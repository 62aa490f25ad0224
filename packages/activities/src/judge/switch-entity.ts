/** Whose traffic a switch should move. */
import { indexModel, type Model } from '@tenon/data'

/**
 * A zone at fault harms every service in it: then what stands for all of them behind the same edge is switched.
 *
 * @param entity at fault; null when it is a zone as such
 * @returns null when nothing of it stands behind an edge
 */
export function switchEntity(model: Model, entity: string | null, isWholeZone: boolean): string | null {
  const edge = entity === null ? undefined : indexModel(model).entity(entity)?.edge
  if (!edge && entity !== null && !isWholeZone) return null
  const whole = model.entities.find(
    (one) => one.edge?.backend === '*' && (edge === undefined || one.edge.connection === edge.connection),
  )
  if (!isWholeZone) return entity
  return whole?.id ?? (edge ? entity : null)
}
