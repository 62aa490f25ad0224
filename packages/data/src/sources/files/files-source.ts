/** Files below a folder as a source: CSV, JSON lines, Parquet and logs. DuckDB reads them in a process of its own. */
import { DataError } from '../../data-error.ts'
import { withDuckDb } from '../../duckdb/session.ts'
import { coarseSpans } from '../../query/rate-window.ts'
import { parseSelector } from '../../model/selector.ts'
import type { SeriesAnswer, SeriesAsk, SharedFetch, Source, SourceAddress, SourceKind, SourceTest } from '../source.ts'
import type { Column } from '../sql/dialect.ts'
import { newestStatement, valuesStatement, type Statement } from '../sql/measure-sql.ts'
import { Relation } from '../sql/relation.ts'
import { seriesOf, type Cell } from '../sql/sql-source.ts'
import { raw, shown, sql } from '../sql/sql-text.ts'
import { computeOverFiles } from './compute-files.ts'
import { bindDuckDb, duckdbDialect, identifier, literal } from './duckdb-sql.ts'
import { findFiles, folderOf } from './find-files.ts'
import { countRejects, fileFormat, scanOf } from './scan.ts'

export const filesKind: SourceKind = {
  kind: 'files',
  title: 'Files (CSV, JSON, Parquet, logs)',
  open: (address, { fetch }) => openFiles(address, fetch),
}

const seriesSeconds = 60
const seriesBytes = 4 * 1024 ** 3
const maximumRows = 500_000
/** How far before the first point the newest row is looked for; as the statements do. */
const leadMs = 300_000
/** A few lines that cannot be read are normal in logs; more of them make the answer doubtful. */
const doubtfulShare = 0.01

function openFiles({ url }: SourceAddress, fetch: SharedFetch): Source {
  return {
    series: (ask) =>
      fetch({ key: JSON.stringify(ask), until: ask.grid.at(-1)!, cost: costOf }, (signal) =>
        readSeries(url, ask, signal),
      ),
    compute: (asked, signal) => computeOverFiles(url, asked, signal),
    test: () => testFolder(url),
    close: async () => undefined,
  }
}

const costOf = ({ values }: SeriesAnswer) => ({
  points: values.reduce((sum, { samples }) => sum + samples.length, 0),
  series: values.length,
})

async function readSeries(url: string, ask: SeriesAsk, signal: AbortSignal): Promise<SeriesAnswer> {
  const { table, grid, stepSeconds } = ask
  const folder = await folderOf(url, process.env['TENON_FILES_DIR'])
  const path = table.from ?? ''
  const found = await findFiles(folder, path)
  if (found.files.length === 0)
    throw new DataError('source-refused', `No file is named by "${path}".`, {
      fix: 'Check "from" of the table in the model.',
    })
  const { format, files } = await fileFormat(found.files, table.parse)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  if (bytes > seriesBytes)
    throw new DataError('query-too-large', `"${path}" names more than ${seriesBytes / 1024 ** 3} GiB of files.`, {
      fix: 'Let the table name fewer files.',
    })
  const time = table.time ?? 'time'
  const fields = fieldsOf(ask).filter((name) => name !== time)
  const from = grid[0]! - Math.max(leadMs, stepSeconds * 1000) - 2 * stepSeconds * 1000
  return withDuckDb(
    { files: files.map((file) => file.path), limits: { seconds: seriesSeconds }, signal },
    async (session) => {
      const scan = await scanOf({ files, format, path, time, fields }, session)
      const columns = fields.map((name): Column => ({ name, type: 'text', kind: 'number' }))
      const relation = new Relation(
        { schema: null, name: 'rows' },
        [...columns, { name: time, type: 'time', kind: 'time' }],
        duckdbDialect,
      )
      const names = [`"#at" AS ${identifier(time)}`, '"#state"', ...fields.map(identifier)]
      const read = bindDuckDb(sql`CREATE TEMP TABLE rows AS SELECT ${raw(names.join(', '))} FROM (
${scan.select}
) WHERE "#state" = 1 OR "#at" IS NULL OR ("#at" > ${{ type: 'integer', value: from * 1000 }} AND "#at" <= ${{ type: 'integer', value: grid.at(-1)! * 1000 }})`)
      await session.query(read.text, read.parameters, { maximumRows: 1 })
      const rejected = scan.hasRejects ? await countRejects(session) : 0
      const states = await session.query(
        `SELECT count(*) FILTER (WHERE ${identifier(time)} IS NOT NULL), count(*) FILTER (WHERE "#state" = 1 OR ("#state" = 0 AND ${identifier(time)} IS NULL)) FROM rows`,
        [],
        { maximumRows: 1 },
      )
      const [good, malformed] = [Number(states.rows[0]?.[0] ?? 0), Number(states.rows[0]?.[1] ?? 0) + rejected]
      const rows = async ({ sql: statement }: Statement): Promise<Cell[][]> => {
        const { text, parameters } = bindDuckDb(statement)
        const answer = await session.query(text, parameters, { maximumRows })
        if (answer.isCut)
          throw new DataError('query-too-large', `The query gives more than ${maximumRows} values.`, {
            fix: 'Filter by a dimension, group by fewer, or ask for a shorter time or a longer step.',
          })
        return answer.rows.map((row) => row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)))
      }
      const asked = {
        values: valuesStatement(ask, relation, duckdbDialect),
        newest: newestStatement(ask, relation, duckdbDialect),
      }
      return {
        values: seriesOf(await rows(asked.values), { statement: asked.values, ask, scale: 1 }),
        newest: seriesOf(await rows(asked.newest), { statement: asked.newest, ask, scale: 1e-6 }),
        spans: coarseSpans(grid, stepSeconds),
        incomplete:
          malformed > doubtfulShare * (good + malformed) ? `${malformed} lines of "${path}" cannot be read` : null,
        expression: `WITH rows AS (\n${shown(scan.select, literal).replaceAll(`${folder}/`, '')}\n)\n${shown(asked.values.sql, literal)}`,
      }
    },
  )
}

/** Every column that the statements name. */
function fieldsOf({ table, measure, where, groupBy, newest }: SeriesAsk): string[] {
  const selectors = [measure.select, measure.of, measure.per].flatMap((text) => parseSelector(text ?? '') ?? [])
  const named = [
    ...Object.values(table.dimensions),
    ...[...where, ...groupBy, ...newest.by, ...newest.where].map(({ label }) => label),
    ...selectors.flatMap(({ name, matchers }) => [
      ...(name === null || name === '*' ? [] : [name]),
      ...matchers.map(({ label }) => label),
    ]),
  ]
  return [...new Set(named)]
}

async function testFolder(url: string): Promise<SourceTest> {
  try {
    const folder = await folderOf(url, process.env['TENON_FILES_DIR'])
    const { files } = await findFiles(folder, '**/*')
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    return { ok: true, detail: `${files.length} files with ${(bytes / 1e6).toFixed(1)} MB` }
  } catch (error) {
    if (error instanceof DataError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}
