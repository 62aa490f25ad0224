/**
 * Measures as SQL. One measure, filter and grouping is one statement that the database computes; nothing is summed here.
 *
 * The rows of a relation are events or readings, each with its time. A value at `t` is of the rows of the window `(t - step, t]`:
 *
 * - a **counter** is the sum of a column, or with `*` the number of rows, a minute;
 * - a **gauge** is first taken over each series alone (`sum` and `avg`: its mean, `max`, `min`), then over the series by `aggregate`. A
 *   series is one combination of the table's dimensions and of the labels that the selector matches; so it is what a Prometheus API
 *   makes of `sum(avg_over_time(...))`;
 * - a **ratio** is one over the other, without value where the other is nothing;
 * - a **histogram** is the exact quantile of a column's values, between neighbours linearly.
 *
 * Without rows there is no value. But rows tell that their kind reports: where a group has rows in a window that pass the filters, and
 * none that the selector of a counter matches, the counter is 0, as it is at a Prometheus API. So failures are 0 while payments
 * succeed, and unknown while there are no payments at all, because events cannot say whether nobody paid or nobody counted.
 */
import { DataError } from '../../data-error.ts'
import type { DimensionFilter } from '../../query/expected-entities.ts'
import type { Measure } from '../../model/model.ts'
import { parseSelector, type Matcher, type Selector } from '../../model/selector.ts'
import type { SeriesAsk } from '../source.ts'
import { leadSteps } from '../rows/grid-slots.ts'
import type { Column, Dialect } from './dialect.ts'
import type { Relation } from './relation.ts'
import { safePattern, UnsafePattern } from './safe-pattern.ts'
import { all, joined, raw, sql, type Sql } from './sql-text.ts'

export interface Statement {
  sql: Sql
  /** Names of the columns with labels, after the first, which is the window's number. The last column is the value. */
  labels: string[]
  /** Windows of the grid before its first. */
  lead: number
}

/**
 * Rows `(window, labels..., value)`: of each group the value in each window.
 *
 * @throws DataError `bad-query` for a column that is not there or not fit, `query-too-large`
 */
export function valuesStatement(ask: SeriesAsk, relation: Relation, dialect: Dialect): Statement {
  const { measure, where, groupBy } = ask
  const build = new Builder(ask, relation, dialect)
  const labels = [...new Set(groupBy.map(({ label }) => label))]
  const groups = labels.map((_, index) => `d${index}_`)
  const filters = build.filters(where)
  const scan = (columns: Sql[], conditions: Sql[]): Sql => {
    const chosen = [...build.windowed(0), ...build.named(labels, 'd'), ...columns]
    return build.scan(chosen, { lead: 0, conditions: [...filters, ...conditions] })
  }
  const by = groupedBy(['w_', ...groups])
  const end = (value: Sql, from: Sql): Statement => ({
    sql: sql`SELECT ${raw(['w_', ...groups].join(', '))}, ${dialect.double(value)} AS value\nFROM (${from}) AS r\n${by}`,
    labels,
    lead: 0,
  })
  const parts = partsOf(measure)
  /** What a selector demands of a whole group is demanded of its rows; all else only of what is summed. */
  const ofGroups = (selector: Selector) =>
    build.matchers(selector.matchers.filter(({ label }) => labels.includes(label)))
  const ofRows = (selector: Selector) =>
    build.matchers(selector.matchers.filter(({ label }) => !labels.includes(label)))

  switch (parts.kind) {
    case 'counter': {
      const counted = sql`${build.when(ofRows(parts.select), build.amount(parts.select), '0')} AS a_`
      const perMinute = raw(`coalesce(sum(a_), 0) * 60.0 / ${ask.stepSeconds}`)
      return end(perMinute, scan([counted], ofGroups(parts.select)))
    }
    case 'ratio': {
      const pick = measure.operands === 'gauge' ? build.reading : build.amount
      const columns = [
        sql`${build.when(build.matchers(parts.of.matchers), pick.call(build, parts.of), 'NULL')} AS a_`,
        sql`${build.when(build.matchers(parts.per.matchers), pick.call(build, parts.per), 'NULL')} AS b_`,
      ]
      const share = (a: string, b: string, isAny: string): Sql =>
        sql`CASE WHEN ${raw(`${b} ${isAny}`)} THEN ${dialect.double(raw(a))} / ${dialect.double(raw(b))} END`
      if (measure.operands === 'counter')
        return end(share('coalesce(sum(a_), 0)', 'sum(b_)', '> 0'), scan(columns, ofGroups(parts.per)))
      const { over, across } = gaugeOf(measure)
      const bySeries = build.bySeries(labels, [parts.of, parts.per])
      const inner = scan([...bySeries.columns, ...columns], [])
      const series = sql`SELECT ${raw(['w_', ...groups, `${over}(a_) AS a_`, `${over}(b_) AS b_`].join(', '))} FROM (${inner}) AS s ${groupedBy(['w_', ...groups, ...bySeries.names])}`
      return end(share(`${across}(a_)`, `${across}(b_)`, '<> 0'), series)
    }
    case 'gauge': {
      const { over, across } = gaugeOf(measure)
      const bySeries = build.bySeries(labels, [parts.select])
      const inner = scan(
        [...bySeries.columns, sql`${build.reading(parts.select)} AS a_`],
        build.matchers(parts.select.matchers),
      )
      const series = sql`SELECT ${raw(['w_', ...groups, `${over}(a_) AS a_`].join(', '))} FROM (${inner}) AS s ${groupedBy(['w_', ...groups, ...bySeries.names])}`
      return end(raw(`${across}(a_)`), series)
    }
    case 'histogram': {
      const value = build.reading(parts.select)
      const inner = scan([sql`${value} AS v_`], [...build.matchers(parts.select.matchers), sql`${value} IS NOT NULL`])
      const quantile = decimal(parts.quantile)
      if (dialect.quantile) return end(dialect.quantile(quantile), inner)
      const group = ['w_', ...groups].join(', ')
      // Of n values in order the quantile lies at rank (n - 1) q, counted from 0: between the two whose ranks enclose it.
      const ranked = raw(
        `row_number() OVER (PARTITION BY ${group} ORDER BY v_) - 1 AS k_, (count(*) OVER (PARTITION BY ${group}) - 1) * ${quantile} AS p_`,
      )
      const between = raw(
        'sum(CASE WHEN k_ = floor(p_) THEN v_ * (1 - (p_ - floor(p_))) WHEN k_ = floor(p_) + 1 THEN v_ * (p_ - floor(p_)) ELSE 0 END)',
      )
      return end(between, sql`SELECT ${raw(group)}, v_, ${ranked} FROM (${inner}) AS s`)
    }
  }
}

/**
 * Rows `(window, labels..., newest)`: when the newest row of each that reports was, in microseconds. A gauge's rows are those of its
 * selector; any row tells that events are counted, so that all measures of a table share one question.
 */
export function newestStatement(ask: SeriesAsk, relation: Relation, dialect: Dialect): Statement {
  const build = new Builder(ask, relation, dialect)
  const { by, where } = ask.newest
  const labels = [...new Set(by.map(({ label }) => label))]
  const groups = labels.map((_, index) => `d${index}_`)
  const parts = partsOf(ask.measure)
  const { matchers } = parts.kind === 'ratio' ? parts.per : parts.select
  const isGauge = parts.kind === 'gauge' || (parts.kind === 'ratio' && ask.measure.operands === 'gauge')
  const told = isGauge ? matchers : matchers.filter(({ label }) => labels.includes(label))
  const lead = leadSteps(ask.stepSeconds)
  const inner = build.scan(
    [...build.windowed(lead), ...build.named(labels, 'd'), sql`${dialect.microseconds(build.time)} AS t_`],
    {
      lead,
      conditions: [...build.filters(where), ...build.matchers(told)],
    },
  )
  const columns = ['w_', ...groups, 'max(t_) AS newest']
  return {
    sql: sql`SELECT ${raw(columns.join(', '))}\nFROM (${inner}) AS r\n${groupedBy(['w_', ...groups])}`,
    labels,
    lead,
  }
}

class Builder {
  readonly time: Column
  readonly #ask: SeriesAsk
  readonly #relation: Relation
  readonly #dialect: Dialect

  constructor(ask: SeriesAsk, relation: Relation, dialect: Dialect) {
    this.#ask = ask
    this.#relation = relation
    this.#dialect = dialect
    this.time = relation.time(ask.table.time ?? 'time')
  }

  scan(columns: Sql[], { lead, conditions }: { lead: number; conditions: Sql[] }): Sql {
    const within = this.#dialect.within(this.time, this.#begin(lead), this.#ask.grid.at(-1)!)
    return sql`\n  SELECT ${joined(columns, ', ')}\n  FROM ${raw(this.#relation.text)}\n  WHERE ${all([within, ...conditions])}\n`
  }

  /** The window's number `w_`, 0 for the first: the end of a window belongs to it, its begin does not. */
  windowed(lead: number): Sql[] {
    const { microseconds, quotient } = this.#dialect
    const since = sql`${microseconds(this.time)} - ${{ type: 'integer', value: Math.round(this.#begin(lead) * 1000) + 1 }}`
    return [sql`${quotient(since, Math.round(this.#ask.stepSeconds * 1_000_000))} AS w_`]
  }

  named(labels: readonly string[], prefix: string): Sql[] {
    return labels.map((label, index) => sql`${this.#label(label)} AS ${raw(`${prefix}${index}_`)}`)
  }

  /** What tells series apart besides the groups. */
  bySeries(groups: readonly string[], selectors: readonly Selector[]): { columns: Sql[]; names: string[] } {
    const matched = selectors.flatMap(({ matchers }) => matchers.map(({ label }) => label))
    const labels = [...new Set([...Object.values(this.#ask.table.dimensions), ...matched])]
    const others = labels.filter((label) => !groups.includes(label))
    return { columns: this.named(others, 's'), names: others.map((_, index) => `s${index}_`) }
  }

  filters(where: readonly DimensionFilter[]): Sql[] {
    return where.map(({ label, values }) => this.#dialect.isOneOf(this.#relation.column(label), values))
  }

  matchers(matchers: readonly Matcher[]): Sql[] {
    return matchers.map(({ label, op, value }) => {
      const column = this.#relation.column(label)
      const isExact = op === '=' || op === '!='
      const condition = isExact ? this.#dialect.isOneOf(column, [value]) : this.#matches(column, value)
      return op === '!=' || op === '!~' ? sql`NOT coalesce(${condition}, FALSE)` : condition
    })
  }

  when(conditions: readonly Sql[], value: Sql, otherwise: 'NULL' | '0'): Sql {
    return conditions.length === 0 ? value : sql`CASE WHEN ${all(conditions)} THEN ${value} ELSE ${raw(otherwise)} END`
  }

  /** What one row counts for. */
  amount({ name }: Selector): Sql {
    return name === '*' ? raw('1') : this.#dialect.number(this.#relation.number(name ?? ''))
  }

  /** What one row reads; `*` reads nothing. */
  reading({ name }: Selector): Sql {
    return this.#dialect.number(this.#relation.number(name ?? ''))
  }

  #label(name: string): Sql {
    return this.#dialect.label(this.#relation.column(name))
  }

  #matches(column: Column, text: string): Sql {
    try {
      const pattern = safePattern(text)
      return pattern.kind === 'values'
        ? this.#dialect.isOneOf(column, pattern.values)
        : this.#dialect.matches(column, pattern.pattern)
    } catch (error) {
      if (!(error instanceof UnsafePattern)) throw error
      throw new DataError(
        'bad-query',
        `The pattern of "${column.name}" cannot be asked of a database: ${error.message}.`,
        {
          fix: 'Write it with plain text, classes, "|", "*", "+" and "?", or use = with a value.',
        },
      )
    }
  }

  #begin(lead: number): number {
    return this.#ask.grid[0]! - (lead + 1) * this.#ask.stepSeconds * 1000
  }
}

type Parts =
  | { kind: 'counter' | 'gauge'; select: Selector }
  | { kind: 'ratio'; of: Selector; per: Selector }
  | { kind: 'histogram'; select: Selector; quantile: number }

/** The model is checked when it is read, so this throws only on one that was not. */
function partsOf(measure: Measure): Parts {
  const read = (field: 'select' | 'of' | 'per'): Selector => {
    const selector = parseSelector(measure[field] ?? '')
    if (selector === null) throw new Error(`${measure.title}: "${field}" is no selector of a column`)
    return selector
  }
  switch (measure.kind) {
    case 'counter':
    case 'gauge':
      return { kind: measure.kind, select: read('select') }
    case 'ratio':
      return { kind: 'ratio', of: read('of'), per: read('per') }
    case 'histogram':
      if (measure.quantile === undefined) throw new Error(`${measure.title}: a histogram needs "quantile"`)
      return { kind: 'histogram', select: read('select'), quantile: measure.quantile }
    case 'derived':
      throw new Error(`${measure.title}: a derived measure is not read from a source`)
  }
}

/** Within a window a gauge counts with its mean, but a highest or lowest value must not be averaged away. */
function gaugeOf({ aggregate }: Measure): { over: string; across: string } {
  return { over: aggregate === 'max' || aggregate === 'min' ? aggregate : 'avg', across: aggregate }
}

const groupedBy = (columns: readonly string[]): Sql => raw(`GROUP BY ${columns.join(', ')}`)

/** Of a number from 0 to 1; small ones would be written with an exponent. */
const decimal = (value: number): string => value.toFixed(12).replace(/\.?0+$/, '')
