/**
 * A relation that tells what is now, as a database's own statistics do: `time: now` in the model. Its rows are read as they are, and answer
 * a gauge at the present; what was before is not known.
 */
import { DataError } from '../../data-error.ts'
import type { SeriesAnswer, SeriesAsk } from '../source.ts'
import { fieldMeasure } from '../rows/field-measure.ts'
import type { Row } from '../rows/row.ts'
import { seriesOfSnapshot } from '../rows/series-of-snapshot.ts'
import type { Dialect } from './dialect.ts'
import type { Relation } from './relation.ts'
import { joined, raw, shown, sql, type Sql } from './sql-text.ts'

type Cell = string | number | null

/** In place of a column's name. */
export const presentTime = 'now'

const mostRows = 20_000

/** @throws DataError `bad-query`, `query-too-large`, and what `query` throws */
export async function presentSeries(
  ask: SeriesAsk,
  {
    relation,
    dialect,
    query,
  }: { relation: Relation; dialect: Dialect; query(statement: Sql, until: number): Promise<Cell[][]> },
): Promise<SeriesAnswer> {
  const { texts, numbers } = columnsOf(ask)
  const chosen = [
    ...texts.map((name) => dialect.label(relation.column(name))),
    ...numbers.map((name) => dialect.double(dialect.number(relation.number(name)))),
  ]
  const columns = chosen.length === 0 ? [raw('1')] : chosen
  const statement = sql`SELECT ${joined(columns, ', ')} FROM ${raw(relation.text)}`
  const answer = await seriesOfSnapshot(ask, {
    name: relation.text,
    async read(now) {
      const rows = await query(statement, now)
      if (rows.length > mostRows)
        throw new DataError('query-too-large', `${relation.text} has more than ${mostRows} rows.`, {
          fix: 'Make a view of those that matter.',
        })
      return { at: now, rows: rows.map((cells) => rowOf(cells, texts, numbers)) }
    },
  })
  return { ...answer, expression: shown(statement, (value) => dialect.literal(value)) }
}

function columnsOf({ measure, where, groupBy, newest }: SeriesAsk): { texts: string[]; numbers: string[] } {
  const parts = fieldMeasure(measure)
  const selectors = parts.kind === 'ratio' ? [parts.of, parts.per] : [parts.select]
  const labels = [...where, ...groupBy, ...newest.by, ...newest.where].map(({ label }) => label)
  const matched = selectors.flatMap(({ matchers }) => matchers.map(({ field }) => field))
  const numbers = selectors.flatMap(({ field }) => field ?? [])
  return { texts: [...new Set([...labels, ...matched])], numbers: [...new Set(numbers)] }
}

function rowOf(cells: readonly Cell[], texts: readonly string[], numbers: readonly string[]): Row {
  return {
    text: (field) => String(cells[texts.indexOf(field)] ?? ''),
    number(field) {
      const index = numbers.indexOf(field)
      const cell = index < 0 ? null : (cells[texts.length + index] ?? null)
      return cell === null || !Number.isFinite(Number(cell)) ? null : Number(cell)
    },
  }
}
