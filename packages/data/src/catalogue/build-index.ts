/** Makes the index of a model in slices, so that the process that answers requests is not held up by it. */
import { giveWay } from '../give-way.ts'
import type { Model } from '../model/model.ts'
import { dimensionValue, indexModel, type ModelIndex } from '../model/model-index.ts'
import { wordsOfItem } from './describe-item.ts'
import { catalogueKinds, listDataServices, type DataServiceItem } from './list-data-services.ts'
import { PostingListsBuilder, type PostingLists } from './posting-lists.ts'
import type { KnownValues } from './read-search.ts'

export interface CatalogueIndex {
  model: ModelIndex
  lists: PostingLists
  /** By document. */
  kinds: Uint8Array
  refs: string[]
  /** Of how many words its name is. */
  names: Uint8Array
  /** The kind of entity that a measure is of each of, and of an entity its own where measures are of each of it, as a number from 1; or 0. */
  each: Uint8Array
  eachKinds: readonly string[]
  known: KnownValues
  /** How many of each kind, in the order of `catalogueKinds`. */
  counts: readonly number[]
  /** By document: which of `groups` it is in, as a number from 1; or 0. */
  group: Uint16Array
  groups: CatalogueGroups
}

/** What a search can be narrowed to: where measures and tables are read from, and what entities are. Numbers from 1, as in `group`. */
export interface CatalogueGroups {
  sources: ReadonlyMap<string, number>
  entityKinds: ReadonlyMap<string, number>
}

export async function buildIndex(model: Model): Promise<CatalogueIndex> {
  const pause = giveWay()
  const index = indexModel(model)
  const builder = new PostingListsBuilder()
  const kinds: number[] = []
  const names: number[] = []
  const each: number[] = []
  const refs: string[] = []
  const counts = catalogueKinds.map(() => 0)
  const eachKinds: string[] = []
  const group: number[] = []
  const groups = { sources: new Map<string, number>(), entityKinds: new Map<string, number>() }
  for (const item of listDataServices(model)) {
    const kind = catalogueKinds.indexOf(item.kind)
    const { words, name } = wordsOfItem(index, item)
    builder.add(words)
    kinds.push(kind)
    refs.push(item.ref)
    names.push(Math.min(255, name))
    each.push(eachOf(item, eachKinds))
    group.push(groupOf(item, groups))
    counts[kind]! += 1
    const wait = pause()
    if (wait) await wait
  }
  const known = await knownValues(model, pause)
  return {
    model: index,
    lists: await builder.finish(pause),
    kinds: Uint8Array.from(kinds),
    refs,
    names: Uint8Array.from(names),
    each: Uint8Array.from(each),
    eachKinds,
    known,
    counts,
    group: Uint16Array.from(group),
    groups,
  }
}

/** Far more than a company has connections and kinds of things. */
const mostGroups = 2_000

function groupOf(item: DataServiceItem, groups: Record<keyof CatalogueGroups, Map<string, number>>): number {
  if (item.kind === 'chain') return 0
  const [of, name] =
    item.kind === 'entity' ? [groups.entityKinds, item.entity.kind] : [groups.sources, item.table.source ?? 'derived']
  const known = of.get(name)
  if (known !== undefined) return known
  const next = groups.sources.size + groups.entityKinds.size + 1
  if (next > mostGroups) return 0
  of.set(name, next)
  return next
}

/** Measures come before entities in the list, so the kinds are known by then. */
function eachOf(item: DataServiceItem, kinds: string[]): number {
  if (item.kind === 'entity') return kinds.indexOf(item.entity.kind) + 1
  return item.kind === 'measure' && item.table.each !== undefined ? numberOf(kinds, item.table.each) : 0
}

/** From 1; a model has few kinds of entities, and what is beyond 255 is not offered entity by entity. */
function numberOf(kinds: string[], kind: string): number {
  const at = kinds.indexOf(kind)
  if (at >= 0) return at + 1
  return kinds.length < 255 ? kinds.push(kind) : 0
}

async function knownValues(model: Model, pause: () => Promise<void> | null): Promise<KnownValues> {
  const names = new Map<string, string>()
  for (const table of Object.values(model.tables))
    for (const name of Object.keys(table.dimensions)) names.set(name.toLowerCase(), name)
  const values = new Map([...names.values()].map((name) => [name, new Map<string, string>()]))
  const ids = new Map<string, string>()
  for (const entity of model.entities) {
    const { id, kind, attributes } = entity
    ids.set(id.toLowerCase(), id)
    const called = dimensionValue(entity)
    values.get(kind)?.set(called.toLowerCase(), called)
    for (const [name, value] of Object.entries(attributes)) values.get(name)?.set(value.toLowerCase(), value)
    const wait = pause()
    if (wait) await wait
  }
  return { names, values, ids }
}
