/** Relation query: what an entity depends on and what depends on it, hop by hop. */
import { DataError } from './data-error.ts'
import { findEntity } from './entity-query.ts'
import type { Model, Relation } from './model.ts'
import type { RelationQuery, RelationResult } from './service.ts'

const maximumDepth = 20

/**
 * The root and all that is reached within `depth` links (1 by default), nearest first; a link's hops count from the root.
 *
 * @throws DataError `unknown-entity`, `bad-query`
 */
export function queryRelations(model: Model, { entity, direction, depth = 1 }: RelationQuery): RelationResult {
  findEntity(model, entity)
  if (!Number.isInteger(depth) || depth < 1 || depth > maximumDepth)
    throw new DataError('bad-query', `A depth of ${depth} cannot be searched.`, { fix: `Use 1 to ${maximumDepth}.` })
  const up = direction === 'downstream' ? [] : walk(model, { root: entity, depth, towards: dependency })
  const down = direction === 'upstream' ? [] : walk(model, { root: entity, depth, towards: dependent })
  // A cycle can be met from both sides.
  const links = [
    ...new Map([...down, ...up].map((link) => [`${link.from} ${link.kind} ${link.to}`, link])).values(),
  ].sort((a, b) => a.hops - b.hops)
  const ids = new Set([entity, ...links.flatMap(({ from, to }) => [from, to])])
  return { root: entity, entities: [...ids].map((id) => findEntity(model, id)), links }
}

type Towards = (relation: Relation) => { here: string; there: string }
const dependency: Towards = ({ from, to }) => ({ here: from, there: to })
const dependent: Towards = ({ from, to }) => ({ here: to, there: from })

function walk(
  model: Model,
  { root, depth, towards }: { root: string; depth: number; towards: Towards },
): RelationResult['links'] {
  const seen = new Set([root])
  const links: RelationResult['links'] = []
  let front = new Set([root])
  for (let hops = 1; hops <= depth && front.size > 0; hops++) {
    const next = new Set<string>()
    for (const relation of model.relations) {
      const { here, there } = towards(relation)
      if (!front.has(here)) continue
      links.push({ ...relation, hops })
      if (!seen.has(there)) next.add(there)
    }
    for (const id of next) seen.add(id)
    front = next
  }
  return links
}
