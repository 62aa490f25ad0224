/**
 * An ask over files as one statement of DuckDB, in one pass: every row is of a kind (asked for, outside, malformed), and those that are not asked
 * for are counted beside the groups. So nothing is left out without a word.
 */
import { DataError } from '../../data-error.ts'
import { identifier } from './duckdb-sql.ts'
import { rowState, type Scan } from './scan.ts'
import { all, joined, raw, sql, type Sql, type SqlValue } from '../sql/sql-text.ts'
import type { ComputeAggregate, ComputeAsk, ComputeFilter } from '../../compute/ask.ts'
import type { RowsAsk } from '../../compute/rows-ask.ts'
import { wantedGroups } from '../../compute/wanted-groups.ts'

/** What a row of the answer is, in its first column. */
export const answerKind = { matched: -2, groups: -1, group: 0, outside: 1, malformed: 2 } as const

/** The fields that an ask needs: of each row to tell whether it is asked for, and later of those that are. */
export function fieldsOf(ask: ComputeAsk, entityField: string | null): { fields: string[]; later: string[] } {
  const filtered = [...ask.where.map(({ field }) => field), ...(entityField === null ? [] : [entityField])]
  const told = [...ask.groupBy, ...ask.aggregates.flatMap(({ field }) => field ?? [])]
  return { fields: [...new Set(filtered)], later: [...new Set(told)] }
}

/** Fields that are added up or compared as numbers; a text there is counted. */
export const numericFields = ({ aggregates }: ComputeAsk): string[] => [
  ...new Set(
    aggregates.flatMap(({ fn, field }) => (field === undefined || fn === 'count' || fn === 'distinct' ? [] : field)),
  ),
]

/**
 * Columns of its rows: the kind, how many rows it is of, for each of `numericFields` how many of its values are no numbers, then those of `names`. Two rows
 * more tell of all groups together: how many there are, and how many rows are in them.
 */
export function filesStatement(
  scan: Scan,
  { ask, range, names, entities }: Pick<RowsAsk, 'ask' | 'range' | 'names' | 'entities'>,
): Sql {
  const isTimed = ask.time !== null
  const within = sql`"#at" >= ${whole(range.from * 1000)} AND "#at" < ${whole(range.to * 1000)}`
  const conditions = [
    ...(isTimed ? [within] : []),
    ...(entities === null ? [] : [oneOf(textOf(entities.field), entities.values)]),
    ...ask.where.map(filterOf),
  ]
  const isMalformed = isTimed
    ? sql`"#state" = ${raw(String(rowState.malformed))} OR "#at" IS NULL`
    : sql`"#state" = ${raw(String(rowState.malformed))}`
  const kind = sql`CASE WHEN ${isMalformed} THEN 2 WHEN ${all(conditions)} THEN 0 ELSE 1 END`
  const own = (value: Sql): Sql => sql`CASE WHEN "#kind" = 0 THEN ${value} END`
  const step = Math.round((ask.stepSeconds ?? 0) * 1_000_000)
  const stepBegin = sql`("#at" - ("#at" - ${whole(range.from * 1000)}) % ${whole(step)}) // 1000`
  const keys = [
    ...(names.step === null ? [] : [sql`${own(stepBegin)} AS ${name(names.step)}`]),
    ...names.groups.map((group) => sql`${own(textOf(group))} AS ${name(group)}`),
  ]
  const numeric = numericFields(ask)
  const notNumbers = numeric.map((field, index) => {
    const condition = sql`"#kind" = 0 AND ${textOf(field)} NOT IN ('', '-') AND ${numberOf(field)} IS NULL`
    return sql`count(*) FILTER (WHERE ${condition}) AS ${raw(`"#${index}"`)}`
  })
  const values = ask.aggregates.map((one, index) => sql`${aggregateOf(one)} AS ${name(names.aggregates[index]!)}`)
  const by = [...(names.step === null ? [] : [names.step]), ...names.groups]
  const columns = ['#kind', '#rows', ...numeric.map((_, index) => `#${index}`), ...by, ...names.aggregates]
  const nothing = [...by, ...names.aggregates].map((column) => `NULL AS ${identifier(column)}`)
  const sums = numeric.map((_, index) => `sum("#${index}")`)
  const having = all(
    ask.having.map(({ column, op, value }) => sql`${name(column)} ${raw(compared[op])} ${numeral(value)}`),
  )
  const order = [
    ...(ask.top ? [`${identifier(ask.top.by)} ${ask.top.order === 'most' ? 'DESC' : 'ASC'} NULLS LAST`] : []),
    ...by.map(identifier),
  ]
  const later = scan.later
    ? sql`, parsed AS (
SELECT *, ${own(scan.later.parsed)} AS "#m" FROM judged
), taken AS (
SELECT *, ${joined(scan.later.columns, ', ')} FROM parsed
)`
    : raw('')
  return sql`WITH scanned AS (
${scan.select}
), judged AS (
SELECT *, ${kind} AS "#kind" FROM scanned
)${later}, grouped AS MATERIALIZED (
SELECT ${joined([raw('"#kind"'), ...keys, raw('count(*) AS "#rows"'), ...notNumbers, ...values], ', ')}
FROM ${raw(scan.later === null ? 'judged' : 'taken')}
GROUP BY ${raw(['#kind', ...by].map((_, index) => index + 1).join(', '))}
), kept AS (
SELECT * FROM grouped WHERE "#kind" = 0 AND ${having}
)
SELECT ${raw(columns.map(identifier).join(', '))} FROM grouped WHERE "#kind" > 0
UNION ALL
SELECT ${raw(['-2 AS "#kind"', 'coalesce(sum("#rows"), 0)', ...sums, ...nothing].join(', '))} FROM grouped WHERE "#kind" = 0
UNION ALL
SELECT ${raw(['-1 AS "#kind"', 'count(*)', ...numeric.map(() => 'NULL'), ...nothing].join(', '))} FROM kept
UNION ALL
(SELECT ${raw(columns.map(identifier).join(', '))} FROM kept${raw(order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`)} LIMIT ${whole(limitOf(ask))})`
}

/** One more than may be given, so that it is known whether there are more. */
export const limitOf = (ask: ComputeAsk): number => wantedGroups(ask) + 1

const name = (column: string): Sql => raw(identifier(column))
const whole = (value: number): SqlValue => ({ type: 'integer', value })
const textValue = (value: string): SqlValue => ({ type: 'text', value })
/** A finite number that JavaScript wrote has no character that means anything else. */
const numeral = (value: number): Sql => raw(`CAST(${String(value)} AS DOUBLE)`)
const textOf = (field: string): Sql => sql`coalesce(CAST(${name(field)} AS VARCHAR), '')`
const numberOf = (field: string): Sql => sql`TRY_CAST(${name(field)} AS DOUBLE)`
const oneOf = (text: Sql, values: readonly string[]): Sql =>
  sql`${text} IN (${joined(
    values.map((value) => sql`${textValue(value)}`),
    ', ',
  )})`

function aggregateOf({ fn, field = '', quantile = 0 }: ComputeAggregate): Sql {
  switch (fn) {
    case 'count':
      return field === '' ? raw('count(*)') : sql`count(*) FILTER (WHERE ${textOf(field)} <> '')`
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return sql`${raw(fn)}(${numberOf(field)})`
    case 'quantile':
      // It keeps every value: those that are not asked for are none of its business.
      return sql`quantile_cont(${numberOf(field)}, ${raw(quantile.toFixed(12))}) FILTER (WHERE "#kind" = 0)`
    case 'distinct':
      return sql`count(DISTINCT ${name(field)}) FILTER (WHERE "#kind" = 0 AND ${textOf(field)} <> '')`
  }
}

const compared = { '=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

function filterOf({ field, op, value }: ComputeFilter): Sql {
  const text = textOf(field)
  switch (op) {
    case 'exists':
      return sql`${text} <> ''`
    case 'contains':
      return sql`contains(${text}, ${textValue(String(value))})`
    case 'matches':
      return sql`regexp_matches(${text}, ${textValue(String(value))})`
    case 'in':
    case 'not-in': {
      const values = Array.isArray(value) ? value : []
      const any = joined(
        values.map((one) => sql`(${comparison(field, '=', one)})`),
        ' OR ',
      )
      const texts = values.filter((one) => typeof one === 'string')
      const condition = texts.length === values.length ? oneOf(text, texts) : sql`(${any})`
      return op === 'in' ? condition : sql`NOT (${condition})`
    }
    default:
      if (value === undefined || Array.isArray(value))
        throw new DataError('bad-query', `"${op}" takes one value.`, { fix: 'Use "in" for a list.' })
      return comparison(field, op, value)
  }
}

function comparison(field: string, op: keyof typeof compared, value: string | number | boolean): Sql {
  if (typeof value === 'number')
    return sql`coalesce(${numberOf(field)} ${raw(compared[op])} ${numeral(value)}, ${raw(op === '!=' ? 'TRUE' : 'FALSE')})`
  const text = typeof value === 'boolean' ? sql`lower(${textOf(field)})` : textOf(field)
  return sql`${text} ${raw(compared[op])} ${textValue(String(value))}`
}
