/** Relation query: what an entity depends on and what depends on it, hop by hop. */
import { DataError } from '../data-error.ts'
import { findEntity } from './entity-query.ts'
import type { Model, Relation } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import type { RelationQuery, RelationResult } from './service.ts'

const maximumDepth = 20
const maximumLinks = 5_000

/**
 * The root and all that is reached within `depth` links (1 by default), nearest first; a link's hops count from the root.
 *
 * @throws DataError `unknown-entity`, `bad-query`, `query-too-large`
 */
export function queryRelations(model: Model, { entity, direction, depth = 1, kinds }: RelationQuery): RelationResult {
  const index = indexModel(model)
  findEntity(model, entity)
  if (!Number.isInteger(depth) || depth < 1 || depth > maximumDepth)
    throw new DataError('bad-query', `A depth of ${depth} cannot be searched.`, { fix: `Use 1 to ${maximumDepth}.` })
  const of = { depth, kinds: kinds === undefined ? null : new Set<string>(kinds) }
  const dependency: Towards = { links: (id) => index.relationsFrom(id), there: ({ to }) => to }
  const dependent: Towards = { links: (id) => index.relationsTo(id), there: ({ from }) => from }
  const up = direction === 'downstream' ? [] : walk(entity, { ...of, towards: dependency })
  const down = direction === 'upstream' ? [] : walk(entity, { ...of, towards: dependent })
  // A cycle can be met from both sides.
  const links = [
    ...new Map([...down, ...up].map((link) => [`${link.from} ${link.kind} ${link.to}`, link])).values(),
  ].sort((a, b) => a.hops - b.hops)
  const ids = new Set([entity, ...links.flatMap(({ from, to }) => [from, to])])
  return { root: entity, entities: [...ids].map((id) => findEntity(model, id)), links }
}

/** Followed from `here` to `there`. */
interface Towards {
  links(id: string): readonly Relation[]
  there(relation: Relation): string
}

function walk(
  root: string,
  { depth, kinds, towards }: { depth: number; kinds: ReadonlySet<string> | null; towards: Towards },
): RelationResult['links'] {
  const seen = new Set([root])
  const links: RelationResult['links'] = []
  let front = [root]
  for (let hops = 1; hops <= depth && front.length > 0; hops++) {
    const next: string[] = []
    for (const relation of front.flatMap((id) => towards.links(id))) {
      if (kinds && !kinds.has(relation.kind)) continue
      if (links.length >= maximumLinks)
        throw new DataError(
          'query-too-large',
          `More than ${maximumLinks} relations are within ${depth} hops of "${root}".`,
          {
            fix: 'Ask for fewer hops, one direction or fewer kinds.',
          },
        )
      links.push({ ...relation, hops })
      const there = towards.there(relation)
      if (seen.has(there)) continue
      seen.add(there)
      next.push(there)
    }
    front = next
  }
  return links
}
