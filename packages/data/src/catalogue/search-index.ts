/** Finds data services by words, and ranks them: how much of the search they have, how rare that is, and how little else their name says. */
import type { Entity } from '../model/model.ts'
import type { CatalogueIndex } from './build-index.ts'
import { showItem } from './describe-item.ts'
import { catalogueKinds, type CatalogueKind, type DataServiceItem } from './list-data-services.ts'
import { readSearch, type SearchFilter } from './read-search.ts'
import { Best } from './best.ts'

export interface CatalogueAsk {
  /** As it is typed. Empty lists everything in the model's order. */
  text: string
  /** All of them without it. */
  kinds?: readonly CatalogueKind[]
  /** Only measures and tables that are read from this connection; `derived` are those of several. */
  source?: string | undefined
  /** Only entities of this kind. */
  entityKind?: string | undefined
  limit: number
  /** How many of the best are left out: for the next page. */
  offset?: number
}

export interface CatalogueHit {
  kind: CatalogueKind
  /** `<table>.<measure>` or `<entity>.<measure>` of a measure, the id of all else. */
  ref: string
  title: string
  subtitle: string
  unit?: string
  /** A filter that the search named: "zone A". */
  where?: Record<string, string>
  score: number
}

export interface CatalogueAnswer {
  hits: CatalogueHit[]
  total: number
  /** What a search can be narrowed to, in the model's order. */
  groups: { sources: string[]; entityKinds: string[] }
  /** Of the model before, since the newest is still being indexed: ask again in a moment. */
  outdated?: true
}

/** A page of hits lies within so many. */
export const deepestHit = 1_000

/** Less of the search than this is no answer to it. */
const leastCoverage = 0.5
/** How many of the best entities are joined with measures of each of their kind. */
const joinedEntities = 20
const joinedMeasures = 200

export function searchIndex(index: CatalogueIndex, ask: CatalogueAsk): CatalogueAnswer {
  const { sources, entityKinds } = index.groups
  return { ...findHits(index, ask), groups: { sources: [...sources.keys()], entityKinds: [...entityKinds.keys()] } }
}

/** Which of the index's groups are wanted, by number; null when all are. */
function wantedGroups({ groups }: CatalogueIndex, { source, entityKind }: CatalogueAsk): ReadonlySet<number> | null {
  if (source === undefined && entityKind === undefined) return null
  // A group that there is not has number -1, which no document is in.
  return new Set([
    ...(source === undefined ? [] : [groups.sources.get(source) ?? -1]),
    ...(entityKind === undefined ? [] : [groups.entityKinds.get(entityKind) ?? -1]),
  ])
}

type Hits = Pick<CatalogueAnswer, 'hits' | 'total'>

function findHits(index: CatalogueIndex, ask: CatalogueAsk): Hits {
  const within = wantedGroups(index, ask)
  const kinds = new Set(ask.kinds ?? catalogueKinds)
  const text = ask.text.trim()
  const offset = Math.min(ask.offset ?? 0, deepestHit)
  if (text === '') return listAll(index, kinds, { limit: ask.limit, offset, within })

  const { units, filters } = readSearch(text, { index: index.model, lists: index.lists, known: index.known })
  const exact = within ? null : exactHit(index, text, kinds)
  if (units.length === 0) return exact ? { hits: offset === 0 ? [exact] : [], total: 1 } : { hits: [], total: 0 }
  const count = index.refs.length
  // "zone A" fits whatever has zones, so it is the other words that tell whether something is meant at all. They come first.
  const ordered = [...units.filter(({ narrows }) => !narrows), ...units.filter(({ narrows }) => narrows)]
  const telling = units.filter(({ narrows }) => !narrows).length || units.length
  const least = Math.ceil(leastCoverage * telling)
  const scores = ordered.map(({ expansions }, number) => {
    const into = index.lists.scratch(number)
    index.lists.score(expansions, into)
    return into
  })

  const best = new Best<Found>(2 * (offset + ask.limit + 1))
  const entities = new Best<number>(joinedEntities)
  const measures = new Best<number>(joinedMeasures)
  const joining = kinds.has('measure') && index.eachKinds.length > 0
  const wanted = catalogueKinds.map((kind) => kinds.has(kind))
  const entityKind = catalogueKinds.indexOf('entity')
  let total = 0
  for (let document = 0; document < count; document += 1) {
    let [sum, matched, told, toldSum] = [0, 0, 0, 0]
    for (let at = 0; at < scores.length; at += 1) {
      const score = scores[at]![document]!
      if (score === 0) continue
      sum += score
      matched += 1
      if (at >= telling) continue
      told += 1
      toldSum += score
    }
    if (told === 0) continue
    const inside = within === null || within.has(index.group[document]!)
    const kind = index.kinds[document]!
    if (joining && index.each[document]! > 0) {
      // Not by "zone A", which every host there has: it is the measure that is asked in that zone.
      if (kind === entityKind) entities.add(document, toldSum)
      else if (inside) measures.add(document, sum)
    }
    if (!inside || !wanted[kind] || told < least) continue
    total += 1
    best.add({ document, entity: null }, rank({ sum, matched, of: units.length, name: index.names[document]!, kind }))
  }
  if (joining) total += joinParts(index, { entities, measures, scores, best, least, within })

  const found = new Map<string, CatalogueHit>()
  for (const { value, score } of best.sorted()) {
    const hit = toHit(index, value, { score, filters })
    const key = hit && `${hit.kind} ${hit.ref}`
    if (hit && key !== null && !found.has(key)) found.set(key, hit)
  }
  const hits = [...found.values()]
  const top = hits[0]?.score ?? 1
  const others = exact ? hits.filter(({ kind, ref }) => kind !== exact.kind || ref !== exact.ref) : hits
  const all = exact ? [{ ...exact, score: 2 * top }, ...others] : others
  return { hits: all.slice(offset, offset + ask.limit), total: Math.max(total, all.length) }
}

interface Found {
  document: number
  /** The part of a table of each. */
  entity: string | null
}

const kindFactor = catalogueKinds.map((kind) => ({ measure: 1, entity: 1.05, table: 0.8, chain: 1 })[kind])

function rank(found: { sum: number; matched: number; of: number; name: number; kind: number }): number {
  const coverage = found.matched / found.of
  const named = Math.min(1, found.matched / Math.max(1, found.name))
  return found.sum * coverage * coverage * (0.6 + 0.4 * named) * kindFactor[found.kind]!
}

/** "success rate payment", where one table tells of every service: the entity and the measure are found apart and joined. */
function joinParts(
  index: CatalogueIndex,
  found: {
    entities: Best<number>
    measures: Best<number>
    scores: Float32Array[]
    best: Best<Found>
    least: number
    within: ReadonlySet<number> | null
  },
): number {
  const { scores } = found
  const byWords = found.measures.sorted().map(({ value }) => value)
  let joined = 0
  for (const { value: ofEntity } of found.entities.sorted()) {
    const entity = index.model.entity(index.refs[ofEntity]!)
    if (entity === null) continue
    const each = index.each[ofEntity]!
    const candidates = byWords.filter((document) => index.each[document] === each)
    for (const document of candidates.length > 0 ? candidates : measuresOfEach(index, entity, each)) {
      if (found.within && !found.within.has(index.group[document]!)) continue
      let [sum, matched, fromEntity, fromMeasure] = [0, 0, 0, 0]
      for (const of of scores) {
        const [one, other] = [of[document]!, of[ofEntity]!]
        if (one === 0 && other === 0) continue
        sum += Math.max(one, other)
        matched += 1
        if (other > one) fromEntity += 1
        else fromMeasure += 1
      }
      if (fromEntity === 0 || matched < found.least) continue
      const name = index.names[document]! + index.names[ofEntity]!
      // What is found by its entity alone stands behind the entity itself.
      const score = rank({ sum, matched, of: scores.length, name, kind: 0 }) * (fromMeasure === 0 ? 0.6 : 1)
      found.best.add({ document, entity: entity.id }, score)
      joined += 1
    }
  }
  return joined
}

/** All measures that are of each of the kind, when the search names only the entity. */
function measuresOfEach(index: CatalogueIndex, entity: Entity, each: number): number[] {
  const known = index.model
    .measuresOf(entity.id)
    .flatMap(({ tableId, table, measureId }) => (table.each === undefined ? [] : `${tableId}.${measureId}`))
  const wanted = new Set(known.slice(0, joinedMeasures))
  const found: number[] = []
  for (let document = 0; document < index.refs.length && found.length < wanted.size; document += 1)
    if (index.each[document] === each && wanted.has(index.refs[document]!)) found.push(document)
  return found
}

function toHit(
  index: CatalogueIndex,
  { document, entity }: Found,
  { score, filters }: { score: number; filters: readonly SearchFilter[] },
): CatalogueHit | null {
  const item = itemAt(index, document)
  if (item === null) return null
  const common = { kind: item.kind, score: Math.round(score * 1000) / 1000 }
  if (item.kind !== 'measure') return { ...common, ref: item.ref, ...showItem(index.model, item) }
  const { each, dimensions } = item.table
  // A table of each service, filtered by one, is that service's part: it has a reference of its own.
  const part = entity ?? filters.find(({ dimension }) => dimension === each)?.entity ?? null
  const ref = part === null || each === undefined ? item.ref : `${part}.${item.measureId}`
  // A table of the same id comes before an entity's part, so a part that such a table hides cannot be asked so.
  if (ref !== item.ref && index.model.measure(ref)?.tableId !== item.tableId) return null
  const left = filters.filter(
    ({ dimension }) => Object.hasOwn(dimensions, dimension) && (part === null || dimension !== each),
  )
  return {
    ...common,
    ref,
    ...showItem(index.model, item, part),
    ...(left.length > 0 ? { where: Object.fromEntries(left.map(({ dimension, value }) => [dimension, value])) } : {}),
  }
}

function itemAt({ model, kinds, refs }: CatalogueIndex, document: number): DataServiceItem | null {
  const ref = refs[document]!
  switch (catalogueKinds[kinds[document]!]!) {
    case 'measure': {
      const place = model.measure(ref)
      return place && { kind: 'measure', ...place }
    }
    case 'entity': {
      const entity = model.entity(ref)
      return entity && { kind: 'entity', ref, entity }
    }
    case 'table': {
      const table = model.model.tables[ref]
      return table ? { kind: 'table', ref, table } : null
    }
    case 'chain': {
      const chain = model.model.chains.find(({ id }) => id === ref)
      return chain ? { kind: 'chain', ref, chain } : null
    }
  }
}

/** What is named exactly comes first, also an entity's part of a measure, of which the index has no document. */
function exactHit(index: CatalogueIndex, text: string, kinds: ReadonlySet<CatalogueKind>): CatalogueHit | null {
  const place = kinds.has('measure') ? index.model.measure(text) : null
  if (place) {
    const part = place.table.each === undefined ? null : place.entity
    return { kind: 'measure', ref: place.ref, ...showItem(index.model, { kind: 'measure', ...place }, part), score: 1 }
  }
  const entity = kinds.has('entity') ? index.model.entity(text) : null
  return (
    entity && {
      kind: 'entity',
      ref: entity.id,
      ...showItem(index.model, { kind: 'entity', ref: entity.id, entity }),
      score: 1,
    }
  )
}

function listAll(
  index: CatalogueIndex,
  kinds: ReadonlySet<CatalogueKind>,
  { limit, offset, within }: { limit: number; offset: number; within: ReadonlySet<number> | null },
): Hits {
  const wanted = catalogueKinds.map((kind) => kinds.has(kind))
  const isListed = (document: number): boolean =>
    wanted[index.kinds[document]!]! && (within === null || within.has(index.group[document]!))
  const hits: CatalogueHit[] = []
  let skipped = 0
  for (let document = 0; document < index.refs.length && hits.length < limit; document += 1) {
    if (!isListed(document)) continue
    const hit = skipped < offset ? null : toHit(index, { document, entity: null }, { score: 0, filters: [] })
    if (hit) hits.push(hit)
    else skipped += 1
  }
  if (within === null) {
    return { hits, total: index.counts.reduce((sum, count, kind) => (wanted[kind] ? sum + count : sum), 0) }
  }
  let total = 0
  for (let document = 0; document < index.refs.length; document += 1) if (isListed(document)) total += 1
  return { hits, total }
}
