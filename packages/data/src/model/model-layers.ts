/** The files of a model laid over one another: what people wrote over what discovery wrote. */
import type { ModelMistake, Place, RawFile, ReadText } from './model-text.ts'

/** Where a part of the joined model was written, the part that wins first. */
interface Origin {
  file: ReadText
  place: Place
}

export interface Joined {
  content: Required<Omit<RawFile, 'without' | 'discovery'>>
  mistakes: ModelMistake[]
  /** Which file says what is at a place of the joined model, and in which line. */
  locate(place: Place): { file: string; line: number | null; place: Place } | null
}

/** Files of the folder `generated/` are what was found; all others lie over them. */
export const isGenerated = (path: string): boolean => path.startsWith('generated/')

export function joinLayers(files: readonly ReadText[]): Joined {
  const written = files.filter(({ path }) => !isGenerated(path))
  const found = files.filter(({ path }) => isGenerated(path))
  const mistakes: ModelMistake[] = []
  const without = unwanted(written)
  const lists = {
    entities: layList('entities', { written, found, keyOf: ({ id }) => id, without: without.entities }),
    relations: layList('relations', { written, found, keyOf: relationKey, without: without.relations }),
    chains: layList('chains', { written, found, keyOf: ({ id }) => id, without: new Set() }),
  }
  const tables = layTables({ written, found, mistakes })
  return {
    content: {
      tenonModel: 1,
      entities: lists.entities.map(({ entry }) => entry),
      tables: Object.fromEntries([...tables].map(([id, { entry }]) => [id, entry])),
      relations: lists.relations.map(({ entry }) => entry),
      chains: lists.chains.map(({ entry }) => entry),
    },
    mistakes,
    locate(place) {
      const [section, key, ...rest] = place
      const origins =
        section === 'tables'
          ? tables.get(String(key))?.origins
          : section === 'entities' || section === 'relations' || section === 'chains'
            ? lists[section][Number(key)]?.origins
            : undefined
      if (!origins || origins.length === 0) return null
      const of = origins.find((origin) => holds(origin, rest)) ?? origins[0]!
      const where = [...of.place, ...rest]
      return { file: of.file.path, line: of.file.lineOf(where), place: where }
    },
  }
}

interface Laid<T> {
  entry: T
  origins: Origin[]
}

type List = 'entities' | 'relations' | 'chains'
type Entry<S extends List> = NonNullable<RawFile[S]>[number]

const relationKey = ({ from, kind, to }: { from: string; kind: string; to: string }): string => `${from} ${kind} ${to}`

function unwanted(written: readonly ReadText[]): { entities: Set<string>; relations: Set<string> } {
  const all = written.flatMap(({ content: { without } }) => without ?? [])
  return {
    entities: new Set(all.flatMap(({ entities }) => entities ?? [])),
    relations: new Set(all.flatMap(({ relations }) => (relations ?? []).map(relationKey))),
  }
}

/** What was found, in its order, with what people say of it; then what only people say. */
function layList<S extends List>(
  section: S,
  {
    written,
    found,
    keyOf,
    without,
  }: { written: readonly ReadText[]; found: readonly ReadText[]; keyOf(entry: Entry<S>): string; without: Set<string> },
): Laid<Entry<S>>[] {
  const entriesOf = (files: readonly ReadText[]): Laid<Entry<S>>[] =>
    files.flatMap((file) =>
      ((file.content[section] ?? []) as Entry<S>[]).map((entry, index) => ({
        entry,
        origins: [{ file, place: [section, index] }],
      })),
    )
  const joined = entriesOf(found).filter(({ entry }) => !without.has(keyOf(entry)))
  const known = new Map(joined.map((laid) => [keyOf(laid.entry), laid]))
  for (const { entry, origins } of entriesOf(written)) {
    const key = keyOf(entry)
    const below = known.get(key)
    // Once a person's: a second one of the same key stays beside it, and is told as a mistake.
    known.delete(key)
    if (below) {
      below.entry = lay(below.entry, entry)
      below.origins.unshift(...origins)
    } else joined.push({ entry, origins })
  }
  return joined
}

type RawTable = NonNullable<RawFile['tables']>[string]

function layTables({
  written,
  found,
  mistakes,
}: {
  written: readonly ReadText[]
  found: readonly ReadText[]
  mistakes: ModelMistake[]
}): Map<string, Laid<RawTable>> {
  const joined = new Map<string, Laid<RawTable>>()
  for (const layer of [found, written]) {
    const here = new Set<string>()
    for (const file of layer)
      for (const [id, entry] of Object.entries(file.content.tables ?? {})) {
        const place = ['tables', id]
        const origin = { file, place }
        if (here.has(id)) {
          const message = `there is already a table "${id}" in another file`
          const fix = 'Rename one of them, or join them.'
          mistakes.push({ file: file.path, line: file.lineOf(place), place, message, fix })
          continue
        }
        here.add(id)
        const below = joined.get(id)
        if (entry === null) joined.delete(id)
        else if (below) joined.set(id, { entry: lay(below.entry, entry), origins: [origin, ...below.origins] })
        else joined.set(id, { entry: lay({} as RawTable, entry), origins: [origin] })
      }
  }
  return joined
}

/** Maps are joined key by key; null takes a key away; anything else replaces what was there. */
function lay<T>(below: T, above: T): T {
  if (!isMap(below) || !isMap(above)) return above
  const joined: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete joined[key]
    else define(joined, key, isMap(value) ? lay(Object.hasOwn(joined, key) ? (joined[key] ?? {}) : {}, value) : value)
  }
  return joined as T
}

/** Also where the key is `__proto__`: then it is a key like any other, and refused as one. */
function define(of: Record<string, unknown>, key: string, value: unknown): void {
  // Of 50,000 measures an assignment is several times as quick.
  if (key !== '__proto__') of[key] = value
  else Object.defineProperty(of, key, { value, enumerable: true, configurable: true, writable: true })
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function holds({ file, place }: Origin, rest: Place): boolean {
  let value: unknown = file.content
  for (const key of [...place, ...rest]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as Record<string | number, unknown>)[key]
  }
  return true
}
