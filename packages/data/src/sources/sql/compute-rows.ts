/** Dynamic compute over a relation: the database aggregates, and only its groups come back. */
import { DataError } from '../../data-error.ts'
import type { ComputeAggregate, ComputeFilter, ComputeResult } from '../../compute/ask.ts'
import { columnsOf } from '../../compute/column-names.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { shownNote, wantedGroups } from '../../compute/wanted-groups.ts'
import type { Dialect } from './dialect.ts'
import type { Relation } from './relation.ts'
import { safePattern, UnsafePattern } from './safe-pattern.ts'
import { all, joined, raw, shown, sql, type Sql, type SqlValue } from './sql-text.ts'

type Cell = string | number | null

/**
 * @param query runs a statement, with limits of its own
 * @throws DataError `bad-query` for a column that is not there or not fit, and what `query` throws
 */
export async function computeRows(
  given: RowsAsk,
  { relation, dialect, query }: { relation: Relation; dialect: Dialect; query(statement: Sql): Promise<Cell[][]> },
): Promise<ComputeResult> {
  const began = performance.now()
  const { ask, names, range } = given
  if (ask.parse !== undefined)
    throw new DataError('bad-query', 'The rows of a database are not parsed.', { fix: 'Leave "parse" out.' })
  const statement = groupsStatement(given, { relation, dialect })
  const found = await inTime(query(statement), ask.limits.seconds)
  const most = wantedGroups(ask)
  const stepMs = (ask.stepSeconds ?? 0) * 1000
  const groups = names.groups.length
  const rows = found.slice(0, most).map((row) => {
    const [step, ...rest] = row
    return [
      ...(names.step === null ? [] : [range.from + Number(step) * stepMs]),
      ...rest.slice(0, groups).map((cell) => (cell === null ? '' : String(cell))),
      ...rest.slice(groups, groups + names.aggregates.length).map((cell) => numberOf(cell)),
    ]
  })
  const total = Number(found[0]?.at(-1) ?? 0)
  const tookSeconds = Math.round(performance.now() - began) / 1000
  return {
    columns: columnsOf(names),
    rows,
    notes: total > rows.length ? [shownNote(ask, rows.length, total)] : [],
    bounds: {
      rows: { limit: most, used: rows.length },
      bytes: { limit: ask.limits.bytes, used: 0 },
      seconds: { limit: ask.limits.seconds, used: tookSeconds },
      isCut: total > rows.length,
    },
    read: null,
    query: shown(statement, (value) => dialect.literal(value)),
    tookSeconds,
  }
}

/** The database ends a statement by a limit of its own, which may be later. */
async function inTime<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `The database did not answer within ${seconds} s.`
    const fix = 'Ask for less time, or allow it more seconds.'
    timer = setTimeout(() => reject(new DataError('query-too-large', message, { fix })), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Rows `(step's number, groups..., aggregates..., how many groups there are)`. */
function groupsStatement(
  { ask, names, range, entities }: RowsAsk,
  { relation, dialect }: { relation: Relation; dialect: Dialect },
): Sql {
  const time = ask.time === null ? null : relation.time(ask.time ?? 'time')
  const micros = time && dialect.microseconds(time)
  const from = whole(range.from * 1000)
  const conditions = [
    // The first serves an index and takes a millisecond more at each end than is asked for.
    ...(time && micros
      ? [
          dialect.within(time, range.from - 1, range.to),
          sql`${micros} >= ${from} AND ${micros} < ${whole(range.to * 1000)}`,
        ]
      : []),
    ...(entities ? [dialect.isOneOf(relation.column(entities.field), entities.values)] : []),
    ...ask.where.map((filter) => filterOf(filter, { relation, dialect })),
  ]
  const step =
    names.step !== null && micros
      ? dialect.quotient(sql`${micros} - ${from}`, Math.round((ask.stepSeconds ?? 1) * 1_000_000))
      : raw('0')
  const columns = [
    sql`${step} AS w_`,
    ...names.groups.map((group, index) => sql`${dialect.label(relation.column(group))} AS ${raw(`g${index}_`)}`),
    ...ask.aggregates.map((one, index) => sql`${argumentOf(one, { relation, dialect })} AS ${raw(`a${index}_`)}`),
  ]
  const groups = names.groups.map((_, index) => `g${index}_`)
  const by = [...(names.step === null ? [] : ['w_']), ...groups]
  const aggregates = ask.aggregates.map(
    (one, index) => sql`${aggregateOf(one, `a${index}_`, dialect)} AS ${raw(`c${index}_`)}`,
  )
  const grouped = sql`SELECT ${joined([raw(names.step === null ? 'min(w_) AS w_' : 'w_'), ...groups.map(raw), ...aggregates], ', ')}
  FROM (
    SELECT ${joined(columns, ', ')}
    FROM ${raw(relation.text)}
    WHERE ${all(conditions)}
  ) AS r${raw(by.length === 0 ? '' : `\n  GROUP BY ${by.join(', ')}`)}`
  const column = (name: string): string => `c${names.aggregates.indexOf(name)}_`
  const having = ask.having.map(({ column: of, op, value }) => raw(`${column(of)} ${compared[op]} ${numeral(value)}`))
  const results = ask.aggregates.map((_, index) => `c${index}_`)
  // Without a value comes last in either order, which databases sort differently.
  const ranked =
    ask.top &&
    `CASE WHEN ${column(ask.top.by)} IS NULL THEN 1 ELSE 0 END, ${column(ask.top.by)} ${ask.top.order === 'most' ? 'DESC' : 'ASC'}`
  const order = [...(ranked ? [ranked] : []), ...by]
  return sql`SELECT ${raw(['w_', ...groups, ...results, 'count(*) OVER () AS groups_'].join(', '))}
FROM (
  ${grouped}
) AS g${having.length === 0 ? raw('') : sql`\nWHERE ${all(having)}`}${raw(order.length === 0 ? '' : `\nORDER BY ${order.join(', ')}`)}
LIMIT ${raw(String(wantedGroups(ask)))}`
}

type Names = { relation: Relation; dialect: Dialect }

const whole = (value: number): SqlValue => ({ type: 'integer', value })
const compared = { '=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const
/** JavaScript writes a finite number as every database reads one. */
const numeral = (value: number): string => `(${String(value)})`

function argumentOf({ fn, field }: ComputeAggregate, { relation, dialect }: Names): Sql {
  if (field === undefined) return raw('1')
  const column = relation.column(field)
  if (fn !== 'count' && fn !== 'distinct') return dialect.number(relation.number(field))
  return sql`NULLIF(${dialect.label(column)}, '')`
}

function aggregateOf({ fn, field, quantile = 0 }: ComputeAggregate, argument: string, dialect: Dialect): Sql {
  switch (fn) {
    case 'count':
      return raw(field === undefined ? 'count(*)' : `count(${argument})`)
    case 'distinct':
      return raw(`count(DISTINCT ${argument})`)
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return known(raw(`${fn}(${argument})`), argument)
    case 'quantile':
      if (dialect.quantile) return known(dialect.quantile(quantile.toFixed(12), argument), argument)
      throw new DataError('bad-query', `${dialect.title} has no quantiles as an aggregate.`, {
        fix: 'Ask for avg, min or max, or a measure of the kind histogram.',
      })
  }
}

/** Of no values nothing is known; ClickHouse would say 0. */
const known = (aggregate: Sql, argument: string): Sql =>
  sql`CASE WHEN ${raw(`count(${argument}) > 0`)} THEN ${aggregate} END`

/** What JSON cannot hold is unknown. */
function numberOf(cell: Cell | undefined): number | null {
  const number = cell === null || cell === undefined ? Number.NaN : Number(cell)
  return Number.isFinite(number) ? number : null
}

function filterOf(filter: ComputeFilter, names: Names): Sql {
  const { field, op, value } = filter
  const { relation, dialect } = names
  const column = relation.column(field)
  switch (op) {
    case 'exists':
      return sql`${dialect.label(column)} <> ''`
    case 'contains':
      return dialect.matches(column, `.*${String(value).replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`)}.*`)
    case 'matches':
      return matched(filter, names)
    case 'in':
    case 'not-in': {
      const values = Array.isArray(value) ? value : []
      const condition = values.every((one) => typeof one === 'string')
        ? dialect.isOneOf(column, values)
        : sql`(${joined(
            values.map((one) => comparison(field, '=', one, names)),
            ' OR ',
          )})`
      return op === 'in' ? condition : not(condition)
    }
    default:
      if (value !== undefined && !Array.isArray(value)) return comparison(field, op, value, names)
      throw new DataError('bad-query', `"${op}" takes one value.`, { fix: 'Use "in" for a list.' })
  }
}

/** A condition that is neither true nor false does not hold. */
const not = (condition: Sql): Sql => sql`NOT coalesce(${condition}, FALSE)`

function comparison(
  field: string,
  op: keyof typeof compared,
  value: string | number | boolean,
  { relation, dialect }: Names,
): Sql {
  const column = relation.column(field)
  const otherwise = op === '!=' ? 'TRUE' : 'FALSE'
  const isOrder = op !== '=' && op !== '!='
  if (column.kind === 'time' && typeof value === 'string') {
    const at = Date.parse(value)
    if (Number.isNaN(at))
      throw new DataError('bad-query', `"${value}" is no time.`, { fix: 'Write times as ISO 8601.' })
    return sql`coalesce(${dialect.microseconds(column)} ${raw(compared[op])} ${whole(at * 1000)}, ${raw(otherwise)})`
  }
  if (typeof value !== 'string' && (isOrder || column.kind === 'number' || column.kind === 'boolean')) {
    const number = dialect.number(relation.number(field))
    return sql`coalesce(${number} ${raw(`${compared[op]} ${numeral(Number(value))}, ${otherwise}`)})`
  }
  if (isOrder) return sql`${dialect.label(column)} ${raw(compared[op])} ${{ type: 'text', value: String(value) }}`
  const isEqual = dialect.isOneOf(column, [String(value)])
  return op === '=' ? isEqual : not(isEqual)
}

function matched({ field, value }: ComputeFilter, { relation, dialect }: Names): Sql {
  try {
    const pattern = safePattern(String(value))
    const column = relation.column(field)
    return pattern.kind === 'values'
      ? dialect.isOneOf(column, pattern.values)
      : dialect.matches(column, pattern.pattern)
  } catch (error) {
    if (!(error instanceof UnsafePattern)) throw error
    throw new DataError('bad-query', `The pattern of "${field}" cannot be asked of a database: ${error.message}.`, {
      fix: 'Write it with plain text, classes, "|", "*", "+" and "?", or use = with a value. The whole value must match.',
    })
  }
}
