/** An ask over files: which are read, what DuckDB is asked in its child process, and what became of every line. */
import { DataError } from '../../data-error.ts'
import type { Cell } from '../../duckdb/messages.ts'
import { withDuckDb } from '../../duckdb/session.ts'
import { bindDuckDb, literal } from './duckdb-sql.ts'
import { findFiles, folderOf, pathFields, type FoundFile } from './find-files.ts'
import { countRejects, fileFormat, lackingFields, lookedAt, scanOf } from './scan.ts'
import { shown } from '../sql/sql-text.ts'
import { computeLimits, type ComputeResult } from '../../compute/ask.ts'
import { columnsOf } from '../../compute/column-names.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { shownNote, wantedGroups } from '../../compute/wanted-groups.ts'
import { answerKind, fieldsOf, filesStatement, limitOf, numericFields } from './compute-statement.ts'

/** A log that was last written so long before the time that is asked for has nothing of it, whatever its clock. */
const writtenBeforeMs = 3_600_000

/** @throws DataError `bad-query`, `query-too-large`, `source-refused`, `source-unreachable` */
export async function computeOverFiles(
  url: string,
  given: RowsAsk,
  signal: AbortSignal | null,
): Promise<ComputeResult> {
  const began = performance.now()
  const { ask, from: path } = given
  const folder = await folderOf(url, process.env['TENON_FILES_DIR'])
  const found = await findFiles(folder, path, valuesOfPath(given))
  if (found.files.length === 0)
    throw new DataError('bad-query', `No file is named by "${path}".`, {
      fix: "Check the path below the connection's folder, and the entities that it is narrowed to.",
    })
  const recent =
    ask.time === null
      ? found.files
      : found.files.filter(({ writtenAt }) => writtenAt >= given.range.from - writtenBeforeMs)
  const skipped = found.files.length - recent.length
  const { format, files, notes: formatNotes } = await fileFormat(recent, ask.parse)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > ask.limits.bytes) throw tooManyBytes(bytes, { limit: ask.limits.bytes, files: files.length })
  const notes = [
    ...found.notes,
    ...(skipped === 0
      ? []
      : [`${files_(skipped)} last written before the time asked for ${skipped === 1 ? 'was' : 'were'} not read.`]),
    ...formatNotes,
  ]
  const answer =
    files.length === 0
      ? { rows: [], rejected: 0, query: '' }
      : await withDuckDb(
          {
            files: files.map((file) => file.path),
            limits: { seconds: ask.limits.seconds },
            ...(signal ? { signal } : {}),
          },
          async (session) => {
            const { fields, later } = fieldsOf(ask, given.entities?.field ?? null)
            const scan = await scanOf(
              { files, format, path, time: ask.time === undefined ? 'time' : ask.time, fields, later },
              session,
            )
            const statement = filesStatement(scan, given)
            const { text, parameters } = bindDuckDb(statement)
            const { rows } = await session.query(text, parameters, { maximumRows: limitOf(ask) + 4 })
            const lacking = await lackingFields(scan, [...new Set([...fields, ...later])], session)
            notes.push(...lacking.map((name) => `None of the first ${lookedAt} lines has a field "${name}".`))
            const rejected = scan.hasRejects ? await countRejects(session) : 0
            return { rows, rejected, query: withoutFolder(shown(statement, literal), { folder, files }) }
          },
        )
  return resultOf(given, { ...answer, bytes, notes, tookSeconds: (performance.now() - began) / 1000 })
}

/** Filters of the path's own fields narrow what is read, not only what is counted. */
function valuesOfPath({ ask, from: path, entities }: RowsAsk): Map<string, Set<string>> {
  const only = new Map<string, Set<string>>()
  const narrow = (field: string, values: string[]) => {
    const known = only.get(field)
    only.set(field, new Set(known ? values.filter((value) => known.has(value)) : values))
  }
  const fields = pathFields(path)
  if (entities !== null && fields.includes(entities.field)) narrow(entities.field, entities.values)
  for (const { field, op, value } of ask.where) {
    if (!fields.includes(field)) continue
    if (op === '=' && typeof value === 'string') narrow(field, [value])
    if (op === 'in' && Array.isArray(value) && value.every((one) => typeof one === 'string')) narrow(field, value)
  }
  return only
}

interface Answer {
  rows: Cell[][]
  rejected: number
  query: string
  bytes: number
  notes: string[]
  tookSeconds: number
}

function resultOf(
  { ask, names }: RowsAsk,
  { rows, rejected, query, bytes, notes, tookSeconds }: Answer,
): ComputeResult {
  const numeric = numericFields(ask)
  const firstColumn = 2 + numeric.length
  const countOf = (kind: number) => Number(rows.find(([of]) => of === kind)?.[1] ?? 0)
  const matched = rows.find(([of]) => of === answerKind.matched)
  const groups = rows.filter(([of]) => of === answerKind.group)
  const total = countOf(answerKind.groups)
  const most = wantedGroups(ask)
  const kept = groups.slice(0, most).map((row) => row.slice(firstColumn))
  const by = names.groups.length + (names.step === null ? 0 : 1)
  // Without groups there is always one answer: of nothing, the count is 0 and the rest unknown.
  if (by === 0 && kept.length === 0 && ask.having.length === 0)
    kept.push(ask.aggregates.map(({ fn }) => (fn === 'count' || fn === 'distinct' ? 0 : null)))
  const isCut = total > kept.length && total > most
  const malformed = countOf(answerKind.malformed) + rejected
  const outside = countOf(answerKind.outside)
  const read = { matched: countOf(answerKind.matched), outside, malformed }
  return {
    columns: columnsOf(names),
    rows: kept,
    notes: [
      ...(isCut ? [shownNote(ask, kept.length, total)] : []),
      ...(malformed === 0
        ? []
        : [`${malformed} ${malformed === 1 ? 'line is' : 'lines are'} not of the format and not counted.`]),
      ...numeric.flatMap((field, index) => {
        const bad = Number(matched?.[2 + index] ?? 0)
        return bad === 0
          ? []
          : [
              `${bad} ${bad === 1 ? 'value' : 'values'} of "${field}" ${bad === 1 ? 'is no number' : 'are no numbers'} and left out.`,
            ]
      }),
      ...notes,
    ],
    bounds: {
      rows: { limit: most, used: kept.length },
      bytes: { limit: ask.limits.bytes, used: bytes },
      seconds: { limit: ask.limits.seconds, used: round(tookSeconds) },
      isCut,
    },
    read,
    query,
    tookSeconds: round(tookSeconds),
  }
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

const files_ = (count: number): string => (count === 1 ? 'One file' : `${count} files`)

/** People see paths below the connection's folder, as they named them; a long list of files by its first ones. */
function withoutFolder(text: string, { folder, files }: { folder: string; files: readonly FoundFile[] }): string {
  const short = text.replaceAll(`${folder}/`, '')
  if (files.length <= 20) return short
  const list = files.map(({ path }) => `'${path.slice(folder.length + 1).replaceAll("'", "''")}'`)
  return short.replaceAll(list.join(', '), `${list.slice(0, 20).join(', ')} /* and ${files.length - 20} more */`)
}

function tooManyBytes(bytes: number, { limit, files }: { limit: number; files: number }): DataError {
  const gigabytes = (size: number) => `${(size / 1024 ** 3).toFixed(2)} GiB`
  return new DataError(
    'query-too-large',
    `${files_(files)} with ${gigabytes(bytes)} would be read; the limit is ${gigabytes(limit)}.`,
    {
      fix: `Name fewer files or entities, or allow more bytes (at most ${gigabytes(computeLimits.bytes.most)}).`,
    },
  )
}
