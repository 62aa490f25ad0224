/** The model's files as discovery sees them: what it wrote itself, by source, and what people say of how to read names. */
import { DataError } from '../data-error.ts'
import { isGenerated, joinLayers } from '../model/model-layers.ts'
import { modelFile, type Model } from '../model/model.ts'
import { readText, type ModelText, type RawFile } from '../model/model-text.ts'
import { writeModelFile } from '../model/write-model.ts'
import type { Parts } from './diff-models.ts'
import { joinRules } from './join-rules.ts'
import type { DiscoveryRules } from './rules.ts'

export interface DiscoveryBasis {
  /** What discovery wrote before, of all sources. */
  known: Model
  rules: DiscoveryRules
  /** Tables that only people wrote: their names are taken. */
  written: ReadonlySet<string>
}

/** @throws DataError `bad-model` for a file that cannot be read */
export function basisOf(texts: readonly ModelText[]): DiscoveryBasis {
  const files = texts.map(readOne)
  const own = files.filter(({ path }) => !isGenerated(path)).map(({ content }): RawFile => content)
  const known = modelFile.parse(joinLayers(files.filter(({ path }) => isGenerated(path))).content)
  return {
    known,
    rules: joinRules(own.flatMap(({ discovery }) => (discovery ? [discovery] : []))),
    written: new Set(
      own.flatMap(({ tables }) => Object.keys(tables ?? {})).filter((id) => !Object.hasOwn(known.tables, id)),
    ),
  }
}

function readOne(text: ModelText): {
  path: string
  content: RawFile
  lineOf(place: (string | number)[]): number | null
} {
  const read = readText(text)
  if ('file' in read) return read.file
  const [first] = read.mistakes
  throw new DataError(
    'bad-model',
    `${text.path}, line ${first?.line ?? '?'}: ${first?.message ?? 'it cannot be read'}.`,
    {
      fix: first?.fix ?? 'Correct it.',
    },
  )
}

/** A file above it is hard to look at in Git; its tables are then in several, by the first letters of their names. */
const mostCharacters = 4 * 1024 * 1024

/** The files of all parts, by the source that says them; what no source says is in `generated/other.yaml`. */
export function filesOf(parts: Parts): ModelText[] {
  const bySource = new Map<string, Parts>()
  const of = (source: string | undefined): Parts => {
    const name = source === undefined || source === '' ? 'other' : source
    const found = bySource.get(name) ?? { entities: [], tables: {}, relations: [], chains: [] }
    bySource.set(name, found)
    return found
  }
  for (const entity of parts.entities) of(entity.from).entities.push(entity)
  for (const [id, table] of Object.entries(parts.tables)) of(table.source).tables[id] = table
  for (const relation of parts.relations) of(relation.by?.split(': ')[0]).relations.push(relation)
  for (const chain of parts.chains) of(undefined).chains.push(chain)
  return [...bySource].flatMap(([source, own]) => textsOf(source, own))
}

function textsOf(source: string, parts: Parts): ModelText[] {
  const whole = writeModelFile(parts)
  if (whole.length <= mostCharacters) return [{ path: `generated/${fileName(source)}.yaml`, text: whole }]
  const folder = `generated/${fileName(source)}`
  const none: Parts = { entities: [], tables: {}, relations: [], chains: [] }
  // By a part of the name, not by size: a new table then changes one file.
  const tables = Map.groupBy(Object.entries(parts.tables), ([id]) =>
    id
      .slice(0, 2)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '-'),
  )
  return [
    { path: `${folder}/entities.yaml`, text: writeModelFile({ ...none, entities: parts.entities }) },
    {
      path: `${folder}/relations.yaml`,
      text: writeModelFile({ ...none, relations: parts.relations, chains: parts.chains }),
    },
    ...[...tables].map(([letters, own]) => ({
      path: `${folder}/tables-${letters}.yaml`,
      text: writeModelFile({ ...none, tables: Object.fromEntries(own) }),
    })),
  ]
}

const fileName = (source: string) =>
  source.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'source'
