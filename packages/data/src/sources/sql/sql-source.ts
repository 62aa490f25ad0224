/** A database as a source: a measure is one statement, when its newest rows were another that all measures of a table share. */
import { DataError } from '../../data-error.ts'
import { maximumSeries } from '../../query/query-plan.ts'
import { coarseSpans } from '../../query/rate-window.ts'
import type { LabelledSeries, SeriesAnswer, SeriesAsk, SharedFetch, Source, SourceTest } from '../source.ts'
import { computeRows } from './compute-rows.ts'
import type { Column, Dialect } from './dialect.ts'
import { newestStatement, valuesStatement, type Statement } from './measure-sql.ts'
import { presentSeries, presentTime } from './present-rows.ts'
import { parseRelation, Relation, type RelationName } from './relation.ts'
import { raw, shown, sql, type Sql } from './sql-text.ts'

export type Cell = string | number | null

/** One kind of database, connected when it is first asked. Its statements can change nothing, and end by time limits of their own. */
export interface Database {
  /** @throws DataError, `query-too-large` beyond its limits; the signal's reason when that stops it, at the database, too */
  query(statement: Sql, signal?: AbortSignal): Promise<Cell[][]>
  /** Empty when there is no such relation or it may not be read. */
  columns(relation: RelationName): Promise<Column[]>
  test(): Promise<SourceTest>
  close(): Promise<void>
}

const maximumRows = 500_000
/** Values of all filters together: each may be a parameter, of which a statement has 65,535. */
const maximumFilterValues = 10_000
const columnsMilliseconds = 60_000

export function sqlSource(database: Database, { dialect, fetch }: { dialect: Dialect; fetch: SharedFetch }): Source {
  const relations = new Map<string, { at: number; relation: Promise<Relation> }>()

  function relationOf(from: string | undefined): Promise<Relation> {
    const name = parseRelation(from)
    const key = JSON.stringify(name)
    const known = relations.get(key)
    if (known && performance.now() - known.at < columnsMilliseconds) return known.relation
    const relation = readRelation(name)
    relations.set(key, { at: performance.now(), relation })
    relation.catch(() => relations.delete(key))
    return relation
  }

  async function readRelation(name: RelationName): Promise<Relation> {
    const columns = await fetch({ key: JSON.stringify(['columns', name]) }, () => database.columns(name))
    if (columns.length > 0) return new Relation(name, columns, dialect)
    const shownName = name.schema === null ? name.name : `${name.schema}.${name.name}`
    throw new DataError('source-refused', `The database has no table "${shownName}" that may be read.`, {
      fix: 'Check "from" of the table in the model, and that the user of the connection has SELECT on it.',
    })
  }

  async function rows(text: Sql, until: number): Promise<Cell[][]> {
    const limited = sql`${text}\nLIMIT ${raw(String(maximumRows + 1))}`
    const key = JSON.stringify(limited.parts)
    const found = await fetch(
      { key, until, cost: (answer: Cell[][]) => ({ points: answer.length, series: 1 }) },
      (signal) => database.query(limited, signal),
    )
    if (found.length > maximumRows) throw tooLarge(`more than ${maximumRows} values`)
    return found
  }

  return {
    async series(ask): Promise<SeriesAnswer> {
      const filters = [...ask.where, ...ask.newest.where]
      if (filters.reduce((sum, { values }) => sum + values.length, 0) > maximumFilterValues)
        throw new DataError('query-too-large', `The filters have more than ${maximumFilterValues} values.`, {
          fix: 'Filter by a dimension with fewer values.',
        })
      const relation = await relationOf(ask.table.from)
      if (ask.table.time === presentTime)
        return presentSeries(ask, { relation, dialect, query: (text, until) => rows(text, until) })
      const asked = { values: valuesStatement(ask, relation, dialect), newest: newestStatement(ask, relation, dialect) }
      const until = ask.grid.at(-1)!
      const [values, newest] = await Promise.all([rows(asked.values.sql, until), rows(asked.newest.sql, until)])
      return {
        values: seriesOf(values, { statement: asked.values, ask, scale: 1 }),
        newest: seriesOf(newest, { statement: asked.newest, ask, scale: 1e-6 }),
        spans: coarseSpans(ask.grid, ask.stepSeconds),
        incomplete: null,
        expression: shown(asked.values.sql, (value) => dialect.literal(value)),
      }
    },
    async compute(asked, signal) {
      const late = AbortSignal.timeout(asked.ask.limits.seconds * 1000 + 500)
      const either = signal === null ? late : AbortSignal.any([signal, late])
      const relation = await relationOf(asked.from)
      return computeRows(asked, { relation, dialect, query: (one) => database.query(one, either) })
    },
    test: () => database.test(),
    close: () => database.close(),
  }
}

/** Rows are summed in any order, so that the last digits differ between two equal questions; no meter means them. */
const meantDigits = 12

/** By their labels, in the order of time. Values that are not finite are left out. */
export function seriesOf(
  rows: readonly Cell[][],
  { statement, ask, scale }: { statement: Statement; ask: SeriesAsk; scale: number },
): LabelledSeries[] {
  const found = new Map<string, LabelledSeries>()
  for (const row of rows) {
    const [slot, value] = [Number(row[0]) - statement.lead, Number(row.at(-1) ?? Number.NaN)]
    if (!Number.isFinite(value)) continue
    const key = JSON.stringify(row.slice(1, -1))
    let series = found.get(key)
    if (!series) {
      const labels = Object.fromEntries(statement.labels.map((label, index) => [label, String(row[index + 1] ?? '')]))
      found.set(key, (series = { labels, samples: [] }))
      if (found.size > maximumSeries) throw tooLarge(`more than ${maximumSeries} series`)
    }
    const t = ask.grid[0]! + slot * ask.stepSeconds * 1000
    series.samples.push([t, scale === 1 ? Number(value.toPrecision(meantDigits)) : value * scale])
  }
  for (const { samples } of found.values()) samples.sort(([a], [b]) => a - b)
  return [...found.values()]
}

function tooLarge(what: string): DataError {
  return new DataError('query-too-large', `The query gives ${what}.`, {
    fix: 'Filter by a dimension, group by fewer, or ask for a shorter time or a longer step.',
  })
}
