/**
 * Files as rows that SQL can be asked of: CSV, JSON, Parquet, and logs by their lines. Whatever a file holds becomes a row, so that what cannot be read
 * is counted and never lost: `#state` says what it is, `#at` when it was.
 */
import { suggest } from '@tenon/runbook'
import { DataError } from '../../data-error.ts'
import type { DuckDbSession } from '../../duckdb/session.ts'
import { joined, raw, sql, type Sql } from '../sql/sql-text.ts'
import { bindDuckDb, identifier, quotedText } from './duckdb-sql.ts'
import { headOf, pathFields, type FoundFile } from './find-files.ts'
import { laterFields, lineFields } from './line-fields.ts'
import { lineFormat, type LineFormat } from './line-format.ts'
import { timeFormat } from './time-format.ts'

/** Values of `#state`. Empty lines are no rows. */
export const rowState = { good: 0, malformed: 1 } as const

export type FileFormat = { kind: 'lines'; format: LineFormat } | { kind: 'csv' | 'parquet' | 'json-array' }

export interface ScanAsk {
  files: readonly FoundFile[]
  format: FileFormat
  /** The path pattern that found them. */
  path: string
  /** The field that holds the time; null for rows without one. */
  time: string | null
  /** What is asked for of every row, without the time. */
  fields: readonly string[]
  /** What is asked for only of rows that these fields let pass. */
  later?: readonly string[]
}

export interface Scan {
  /** A statement whose rows have the columns `#state`, `#at` (microseconds since 1970 or null) and the fields. */
  select: Sql
  /** How the fields of the rows that pass are taken, over rows with the columns of `select`; null when they are among these already. */
  later: { parsed: Sql; columns: Sql[] } | null
  /** Lines that the engine itself could not read (no UTF-8, too long) are in `reject_errors` after it has run. */
  hasRejects: boolean
  /** The fields of the first rows, where only the lines know what fields there are; null where a field that is not there was refused. */
  sample: Sql | null
}

/** More of them are no log. */
const mostRejects = 100_000

/**
 * What kind of files they are, by `parse` and by their names; files that are something else than their name says are left out with a note.
 *
 * @throws DataError `bad-query` when they are of several kinds
 */
export async function fileFormat(
  files: readonly FoundFile[],
  parse: string | undefined,
): Promise<{ format: FileFormat; files: FoundFile[]; notes: string[] }> {
  const kept: FoundFile[] = []
  const notes: string[] = []
  const kinds = new Map<string, FileFormat>()
  for (const file of files) {
    if (file.bytes === 0) continue
    const head = await headOf(file.path)
    const kind = nameKind(file.name)
    const wrong = wrongContent(head, { isPacked: file.name.endsWith('.gz'), isParquet: kind === 'parquet' })
    if (wrong !== null) {
      notes.push(`"${file.name}" ${wrong} and was left out.`)
      continue
    }
    const format = formatOf(kind, { parse, head })
    kinds.set(format.kind === 'lines' ? `lines ${format.format.kind}` : format.kind, format)
    kept.push(file)
  }
  const [format, second] = kinds.values()
  if (second)
    throw new DataError('bad-query', 'The files are of several kinds.', {
      fix: 'Name files of one kind, e.g. *.csv, or say how to parse them.',
    })
  return {
    format: format ?? formatOf(nameKind(files[0]?.name ?? ''), { parse, head: Buffer.alloc(0) }),
    files: kept,
    notes,
  }
}

type NameKind = 'csv' | 'json' | 'json-lines' | 'logfmt' | 'parquet' | 'other'

function nameKind(name: string): NameKind {
  const extension = /\.([a-z]+)$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1]
  switch (extension) {
    case 'csv':
    case 'tsv':
      return 'csv'
    case 'json':
      return 'json'
    case 'ndjson':
    case 'jsonl':
      return 'json-lines'
    case 'logfmt':
    case 'parquet':
      return extension
    default:
      return 'other'
  }
}

function formatOf(kind: NameKind, { parse, head }: { parse: string | undefined; head: Buffer }): FileFormat {
  if (parse !== undefined) return { kind: 'lines', format: lineFormat(parse) }
  switch (kind) {
    case 'csv':
    case 'parquet':
      return { kind }
    case 'json':
      return head.toString('utf8').trimStart().startsWith('[') ? { kind: 'json-array' } : jsonLines
    case 'json-lines':
      return jsonLines
    case 'logfmt':
      return { kind: 'lines', format: { kind } }
    case 'other':
      return { kind: 'lines', format: { kind: 'lines' } }
  }
}

const jsonLines: FileFormat = { kind: 'lines', format: { kind: 'json' } }

function wrongContent(head: Buffer, { isPacked, isParquet }: { isPacked: boolean; isParquet: boolean }): string | null {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  if (isParquet) return head.subarray(0, 4).toString('latin1') === 'PAR1' ? null : 'is no Parquet file'
  if (isPacked) return isGzip ? null : 'is not packed as its name says'
  if (isGzip) return 'is packed, which its name does not say (.gz)'
  return head.includes(0) ? 'is binary' : null
}

/**
 * @throws DataError `bad-query` for fields that no file has, and a time that cannot be read
 */
export async function scanOf(ask: ScanAsk, session: DuckDbSession): Promise<Scan> {
  const fromPath = pathFields(ask.path)
  const { fields, later } = inStages(ask, fromPath)
  const wanted = new Set([...fields, ...(ask.time === null ? [] : [ask.time])])
  const notOfPath = (names: Iterable<string>) => new Set([...names].filter((name) => !fromPath.includes(name)))
  const rows = await rowsOf(ask, { inside: notOfPath(wanted), session })
  const pathNames = fromPath.filter((name) => wanted.has(name))
  const withPath = (read: Sql): Sql =>
    pathNames.length === 0 ? read : sql`${read} JOIN ${pathValues(ask.files, pathNames)} ON r.filename = p."#file"`
  const field = (name: string): Sql => (fromPath.includes(name) ? sql`p.${raw(identifier(name))}` : rows.field(name))
  const named = (name: string): Sql => sql`${field(name)} AS ${raw(identifier(name))}`
  const selected = [...fields.map(named), ...(later?.carried ?? [])]
  const write = (at: Sql, others: Sql[], read: Sql): Sql =>
    sql`SELECT ${joined([sql`${rows.state} AS "#state"`, sql`${at} AS "#at"`, ...others], ', ')}\nFROM ${withPath(read)}`
  const everything = [...new Set([...ask.fields, ...(ask.later ?? [])])]
  const whole = later === null ? rows : await rowsOf(ask, { inside: notOfPath(everything), session })
  const scanAt = (at: Sql): Scan => ({
    select: write(at, selected, rows.from),
    later: later && { parsed: later.parsed, columns: later.columns },
    hasRejects: rows.hasRejects,
    sample: rows.isOpen ? write(raw('NULL'), everything.map(named), whole.sample) : null,
  })
  if (ask.time === null) return scanAt(raw('NULL'))
  const time = field(ask.time)
  const native = rows.microseconds(ask.time)
  if (native !== null) return scanAt(native)
  const samples = await sampleOf(write(sql`CAST(${time} AS VARCHAR)`, [], rows.sample), session)
  // Nothing to read is nothing found, which the answer says by itself.
  const at =
    samples === null
      ? raw('CAST(NULL AS BIGINT)')
      : timeFormat(ask.time, samples).microseconds(sql`CAST(${time} AS VARCHAR)`)
  return scanAt(at)
}

/** Which fields are taken of every row, and which only of those that pass. */
function inStages({ format, fields, later = [] }: ScanAsk, fromPath: readonly string[]) {
  const rest = later.filter((name) => !fields.includes(name))
  const ofLine = new Set(rest.filter((name) => !fromPath.includes(name) && name !== 'line'))
  const found = format.kind === 'lines' && ofLine.size > 0 ? laterFields(format.format, ofLine) : null
  if (format.kind !== 'lines' || found === null) return { fields: [...fields, ...rest], later: null }
  const { known } = lineFields(format.format, ofLine)
  if (known !== null) expectFields(ofLine, known)
  const columns = [...ofLine].map((name) => sql`${found.field(name)} AS ${raw(identifier(name))}`)
  return { fields: [...fields, ...rest.filter((name) => !ofLine.has(name))], later: { ...found, columns } }
}

/** Fields that no line near the begin has: misspelt, perhaps, which an answer without them would not show. */
export async function lackingFields(
  { sample }: Scan,
  fields: readonly string[],
  session: DuckDbSession,
): Promise<string[]> {
  if (sample === null || fields.length === 0) return []
  const found = fields.map((name) => sql`coalesce(bool_or(CAST(${raw(identifier(name))} AS VARCHAR) <> ''), FALSE)`)
  const { text, parameters } = bindDuckDb(
    sql`SELECT ${joined(found, ', ')} FROM (SELECT * FROM (${sample}) LIMIT ${raw(String(lookedAt))})`,
  )
  const { rows } = await session.query(text, parameters, { maximumRows: 1 })
  return fields.filter((_, index) => rows[0]?.[index] === false)
}

export const lookedAt = 10_000

/** The first texts of the time field; null when there is no line at all that has the format. */
async function sampleOf(rows: Sql, session: DuckDbSession): Promise<string[] | null> {
  const { text, parameters } = bindDuckDb(sql`SELECT "#at" FROM (${rows}) WHERE "#state" = 0 LIMIT 100`)
  const answer = await session.query(text, parameters, { maximumRows: 100 })
  return answer.rows.length === 0
    ? null
    : answer.rows.map(([cell]) => (cell === null || cell === undefined ? '' : String(cell)))
}

interface Rows {
  from: Sql
  /** The same, for a look at its first rows. */
  sample: Sql
  state: Sql
  hasRejects: boolean
  /** Any field may be there or not. */
  isOpen: boolean
  field(name: string): Sql
  /** Of a column that is a time in the file itself; null for others. */
  microseconds(name: string): Sql | null
}

async function rowsOf(
  ask: ScanAsk,
  { inside, session }: { inside: ReadonlySet<string>; session: DuckDbSession },
): Promise<Rows> {
  const paths = raw(`[${ask.files.map(({ path }) => quotedText(path)).join(', ')}]`)
  if (ask.format.kind === 'lines') return linesOf(ask.format.format, { paths, inside })
  if (ask.format.kind === 'json-array') {
    const json = lineFields({ kind: 'json' }, inside)
    const read = sql`(SELECT json AS line, filename FROM read_json_objects(${paths}, format = 'array', filename = true))`
    const from = json.parsed === null ? sql`${read} AS r` : sql`(SELECT *, ${json.parsed} AS m FROM ${read}) AS r`
    return {
      from,
      sample: from,
      state: raw('0'),
      hasRejects: false,
      isOpen: true,
      field: json.field,
      microseconds: () => null,
    }
  }
  const isCsv = ask.format.kind === 'csv'
  const read = (more: string): Sql =>
    isCsv
      ? sql`read_csv(${paths}, header = true, all_varchar = true, quote = '"', escape = '"', filename = true, ${raw(more)})`
      : sql`read_parquet(${paths}, union_by_name = true, filename = true)`
  const described = bindDuckDb(sql`DESCRIBE SELECT * FROM ${read('ignore_errors = true')}`)
  const { rows } = await session.query(described.text, described.parameters, { maximumRows: 5_000 })
  const columns = new Map(rows.map(([name, type]) => [String(name), String(type)]))
  columns.delete('filename')
  expectFields(inside, [...columns.keys()])
  return {
    from: sql`${read(`store_rejects = true, rejects_limit = ${mostRejects}`)} AS r`,
    sample: sql`${read('ignore_errors = true')} AS r`,
    state: raw('0'),
    hasRejects: isCsv,
    isOpen: false,
    field: (name) => raw(`r.${identifier(name)}`),
    microseconds: (name) =>
      /^(TIMESTAMP|DATE)/.test(columns.get(name) ?? '')
        ? raw(`epoch_us(CAST(r.${identifier(name)} AS TIMESTAMPTZ))`)
        : null,
  }
}

function linesOf(format: LineFormat, { paths, inside }: { paths: Sql; inside: ReadonlySet<string> }): Rows {
  const fields = lineFields(format, inside)
  if (fields.known !== null) expectFields(inside, fields.known)
  // One column a line: no text has the character that parts columns, or it has a second one and counts as malformed.
  const read = (errors: string): Sql =>
    sql`read_csv(${paths}, columns = {'line': 'VARCHAR', 'more': 'VARCHAR'}, delim = chr(1), quote = '', escape = '', header = false, auto_detect = false, null_padding = true, strict_mode = false, filename = true, ${raw(errors)})`
  const made = [
    ...(fields.parsed === null ? [] : [sql`${fields.parsed} AS m`]),
    ...(fields.isQuick === null ? [] : [sql`${fields.isQuick} AS "#quick"`]),
  ]
  const from = (errors: string): Sql =>
    made.length === 0 ? sql`${read(errors)} AS r` : sql`(SELECT *, ${joined(made, ', ')} FROM ${read(errors)}) AS r`
  return {
    from: from(`store_rejects = true, rejects_limit = ${mostRejects}`),
    sample: from('ignore_errors = true'),
    state: sql`CASE WHEN more IS NOT NULL OR ${fields.isMalformed} THEN 1 ELSE 0 END`,
    hasRejects: true,
    isOpen: fields.known === null,
    field: fields.field,
    microseconds: () => null,
  }
}

/** Which file has which values of the path's fields. */
function pathValues(files: readonly FoundFile[], names: readonly string[]): Sql {
  const rows = files.map(
    ({ path, fields }) => `(${[path, ...names.map((name) => fields[name] ?? '')].map(quotedText).join(', ')})`,
  )
  return raw(`(VALUES ${rows.join(', ')}) AS p(${['#file', ...names].map(identifier).join(', ')})`)
}

function expectFields(wanted: ReadonlySet<string>, known: readonly string[]): void {
  const missing = [...wanted].find((name) => !known.includes(name))
  if (missing === undefined) return
  throw new DataError('bad-query', `There is no field "${missing}" in the files.`, {
    fix: suggest(missing, [...known], 'field'),
  })
}

/** How many lines the engine could not read; after the scan has run. @throws DataError `bad-query` when nothing like a log is there */
export async function countRejects(session: DuckDbSession): Promise<number> {
  const { rows } = await session.query('SELECT count(*) FROM (SELECT DISTINCT file_id, line FROM reject_errors)', [], {
    maximumRows: 1,
  })
  const count = Number(rows[0]?.[0] ?? 0)
  if (count < mostRejects) return count
  throw new DataError(
    'bad-query',
    `More than ${mostRejects} lines are no UTF-8 or too long: these are no text files.`,
    {
      fix: 'Name the files more narrowly.',
    },
  )
}
