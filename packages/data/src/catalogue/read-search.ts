/** A search as it is typed, read: words, words of one meaning, and filters such as "zone A". */
import { dimensionValue, type ModelIndex } from '../model/model-index.ts'
import { dimensionWord } from './describe-item.ts'
import type { Expansion, PostingLists } from './posting-lists.ts'
import { isSmall, meaningsOf, wordsOf } from './words.ts'

/** What of the model's dimensions has which values, as far as entities tell. */
export interface KnownValues {
  /** Dimension in lower case -> as it is written. */
  names: ReadonlyMap<string, string>
  /** Dimension as it is written -> value in lower case -> as it is written. */
  values: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Entity id in lower case -> as it is written. */
  ids: ReadonlyMap<string, string>
}

/** A word, or a pair of words of one meaning. */
interface SearchUnit {
  /** What it may be in the index. */
  expansions: Expansion[]
  /** Of "zone A", which narrows what is asked for and does not tell what that is. */
  narrows: boolean
}

export interface ReadSearch {
  /** Words that nothing has are left out. */
  units: SearchUnit[]
  filters: SearchFilter[]
}

export interface SearchFilter {
  dimension: string
  value: string
  /** The entity that is called so; null when the value is none's id. */
  entity: string | null
  narrows: boolean
}

const longestSearch = 200
const mostUnits = 10

export function readSearch(
  text: string,
  means: { index: ModelIndex; lists: PostingLists; known: KnownValues },
): ReadSearch {
  const { lists } = means
  const chunks = text
    .slice(0, longestSearch)
    .split(/[\s,;:="'{}()]+/)
    .filter((chunk) => chunk !== '')
  const { filters, filterAt } = filtersOf(chunks, means)
  const words = chunks.flatMap((chunk, at) => wordsOf(chunk).map((word) => ({ word, filter: filterAt.get(at) })))
  const telling = words.filter(({ word, filter }) => filter !== undefined || !isSmall(word))
  const kept = telling.length > 0 ? telling : words
  const units: SearchUnit[] = []
  for (let at = 0; at < kept.length && units.length < mostUnits; at += 1) {
    const { word, filter } = kept[at]!
    const next = kept[at + 1]?.word
    const pair = next === undefined ? [] : meaningsOfPair(word, next)
    if (pair.length > 0 && filter === undefined) {
      units.push({ expansions: pair.flatMap((meaning) => lists.exact(meaning, 0.9)), narrows: false })
      at += 1
      continue
    }
    const exact = [
      ...lists.exact(word),
      ...[...meaningsOf([word])].flatMap((meaning) => lists.exact(meaning, 0.7)),
      ...(filter === undefined ? [] : lists.exact(dimensionWord(filter.dimension))),
    ]
    const begun = word.length > 1 || kept.length === 1 ? lists.beginningWith(word) : []
    const alike = exact.length + begun.length > 0 ? [...exact, ...begun] : lists.likeTypo(word)
    units.push({ expansions: alike, narrows: filter?.narrows ?? false })
  }
  return { units: units.filter(({ expansions }) => expansions.length > 0), filters }
}

const meaningsOfPair = (word: string, next: string): string[] => {
  const alone = new Set([...meaningsOf([word]), ...meaningsOf([next])])
  return [...meaningsOf([word, next])].filter((meaning) => !alone.has(meaning))
}

/** "zone A", "zone=A", and the id of an entity whose kind is a dimension. */
function filtersOf(
  chunks: readonly string[],
  { index, known }: { index: ModelIndex; known: KnownValues },
): { filters: SearchFilter[]; filterAt: Map<number, SearchFilter> } {
  const filters: SearchFilter[] = []
  const filterAt = new Map<number, SearchFilter>()
  for (const [at, chunk] of chunks.entries()) {
    const name = known.names.get(chunk.toLowerCase())
    const value = name === undefined ? undefined : known.values.get(name)?.get((chunks[at + 1] ?? '').toLowerCase())
    if (name !== undefined && value !== undefined) {
      // What is called as an entity is may be what is asked of, as in "service payment".
      const called = known.ids.get(value.toLowerCase()) ?? null
      const filter = { dimension: name, value, entity: called, narrows: called === null }
      filters.push(filter)
      filterAt.set(at, filter).set(at + 1, filter)
      continue
    }
    if (filterAt.has(at)) continue
    const entity = index.entity(known.ids.get(chunk.toLowerCase()) ?? '')
    const ofKind = entity === null ? undefined : known.names.get(entity.kind.toLowerCase())
    if (entity === null || ofKind === undefined) continue
    const filter = { dimension: ofKind, value: dimensionValue(entity), entity: entity.id, narrows: false }
    filters.push(filter)
    filterAt.set(at, filter)
  }
  return { filters, filterAt }
}
