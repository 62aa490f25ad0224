/**
 * Discovery as the web and the command line call it: the model's files and a connection in, proposed changes out; and the files after a
 * person has accepted all of them or some. Only files of `generated/` are ever written.
 */
import type { Model, Relation } from '../model/model.ts'
import type { ModelText } from '../model/model-text.ts'
import { isGenerated } from '../model/model-layers.ts'
import type { SourceAddress } from '../sources/source.ts'
import { applyChanges } from './apply-changes.ts'
import { diffModels, type ModelChange } from './diff-models.ts'
import { discover } from './discover.ts'
import { basisOf, filesOf } from './generated-files.ts'
import { openReader } from './open-reader.ts'

export interface DiscoverySource extends SourceAddress {
  /** The connection's name. */
  name: string
}

export interface DiscoveryRun {
  /** The files of the whole model. */
  files: readonly ModelText[]
  /** Unix milliseconds. */
  now: number
  /** Names everything anew by the present rules, also what is known. By default only what is new is read. */
  again?: boolean
}

export interface DiscoveryResult {
  changes: ModelChange[]
  notes: string[]
  /** One sentence: what was found. */
  summary: string
}

/**
 * Reads a source and says what the model lacks. What vanished is proposed for removal only when the source was read wholly.
 *
 * @throws DataError `unknown-source` for a kind that cannot be discovered, `bad-model`, and what the source throws
 */
export async function runDiscovery(
  source: DiscoverySource,
  { files, now, again = false }: DiscoveryRun,
): Promise<DiscoveryResult> {
  const { known, rules, written } = basisOf(files)
  const reader = openReader(source, now)
  try {
    const found = await discover(reader, { rules, known: again ? withoutSource(known, source.name) : known, written })
    const before = onlyOf(known, source.name)
    const all = diffModels(before, found.content)
    const changes = found.whole ? all : all.filter(({ op }) => op !== 'remove')
    const left = all.length - changes.length
    const notes = [
      ...found.notes,
      ...(left > 0 ? [`${source.name} was not read to its end: ${left} parts that were not found stay.`] : []),
    ]
    return { changes, notes, summary: summaryOf(changes) }
  } finally {
    await reader.close()
  }
}

/**
 * The files that change when these changes are accepted; a text of null removes the file.
 *
 * @param only keys of the changes to accept; all without it
 * @throws DataError `bad-model`
 */
export function acceptChanges(
  files: readonly ModelText[],
  changes: readonly ModelChange[],
  only?: readonly string[],
): { path: string; text: string | null }[] {
  const after = filesOf(applyChanges(basisOf(files).known, changes, only))
  const before = new Map(files.filter(({ path }) => isGenerated(path)).map(({ path, text }) => [path, text]))
  const written = new Set(after.map(({ path }) => path))
  return [
    ...after.filter(({ path, text }) => before.get(path) !== text),
    ...[...before.keys()].filter((path) => !written.has(path)).map((path) => ({ path, text: null })),
  ]
}

function onlyOf(model: Model, source: string): Model {
  return {
    ...model,
    entities: model.entities.filter(({ from }) => from === source),
    tables: Object.fromEntries(Object.entries(model.tables).filter(([, table]) => table.source === source)),
    relations: model.relations.filter((relation) => isBy(relation, source)),
    chains: [],
  }
}

function withoutSource(model: Model, source: string): Model {
  return {
    ...model,
    entities: model.entities.filter(({ from }) => from !== source),
    tables: Object.fromEntries(Object.entries(model.tables).filter(([, table]) => table.source !== source)),
    relations: model.relations.filter((relation) => !isBy(relation, source)),
  }
}

const isBy = ({ by }: Relation, source: string) => by?.startsWith(`${source}: `) ?? false

/** "New: 12 entities, 40 measures, 9 relations. Changed: 2. Gone: 1." */
function summaryOf(changes: readonly ModelChange[]): string {
  if (changes.length === 0) return 'Nothing new.'
  const added = changes.filter(({ op }) => op === 'add')
  const count = (of: (change: ModelChange) => boolean) => added.filter(of).length
  const parts = [
    counted(
      count(({ section }) => section === 'entities'),
      'entity',
      'entities',
    ),
    counted(
      count(({ key }) => /^tables\/.*\//.test(key)),
      'measure',
      'measures',
    ),
    counted(
      count(({ section }) => section === 'relations'),
      'relation',
      'relations',
    ),
  ].filter((part) => part !== '')
  const changed = changes.filter(({ op }) => op === 'change').length
  const gone = changes.filter(({ op }) => op === 'remove').length
  return [
    ...(parts.length > 0 ? [`New: ${parts.join(', ')}.`] : []),
    ...(changed > 0 ? [`Changed: ${changed}.`] : []),
    ...(gone > 0 ? [`Gone: ${gone}.`] : []),
  ].join(' ')
}

const counted = (number: number, one: string, many: string) =>
  number === 0 ? '' : `${number.toLocaleString('en')} ${number === 1 ? one : many}`
