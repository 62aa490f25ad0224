/**
 * Measures as LogQL. One measure, filter and grouping is one expression that Loki computes. Lines are rows with labels, of the stream or
 * read from the line; what they mean is as in SQL (`sql/measure-sql.ts`): a counter counts lines or sums a label's values a minute and is 0
 * where other lines of the group came, a gauge is taken of each series and joined, a histogram takes a label's quantile.
 */
import type { DimensionFilter } from '../../query/expected-entities.ts'
import type { Measure } from '../../model/model.ts'
import { parseFieldSelector, type Matcher } from '../../model/selector.ts'
import type { SeriesAsk } from '../source.ts'
import { badMeasure } from '../rows/field-measure.ts'
import { withinStep } from '../rows/levels.ts'
import { parseLogQuery, quoted } from './log-query.ts'

interface LineSelector {
  /** Null for the lines themselves. */
  label: string | null
  matchers: readonly Matcher[]
}

/** @throws DataError `bad-query` */
export function valuesExpression(ask: SeriesAsk, range: string): string {
  const { measure, groupBy } = ask
  const by = groupBy.map(({ label }) => labelName(measure, label))
  const logs = logsOf(ask, ask.where)
  const over = (name: string, matchers: readonly Matcher[], label: string | null = null): string =>
    `${name}(${logs(matchers, label)}${range})`
  const isOfGroup = ({ label }: Matcher) => by.includes(label)

  /** Without groups of which only other lines came. */
  const bare = ({ label, matchers }: LineSelector): string =>
    `${grouped('sum', by)} (${over(label === null ? 'count_over_time' : 'sum_over_time', matchers, label)})`
  const counted = (selector: LineSelector, about: readonly Matcher[]): string => {
    if (selector.label === null && selector.matchers.every((one) => about.includes(one))) return bare(selector)
    return `(${bare(selector)} or ${grouped('sum', by)} (${over('count_over_time', about)}) * 0)`
  }
  const level = ({ label, matchers }: LineSelector): string => {
    if (label === null)
      throw badMeasure(measure, 'a gauge needs a label with its value', 'Select a label, or use a counter.')
    const inner = over(`${withinStep(measure.aggregate)}_over_time`, matchers, label)
    return `${grouped(measure.aggregate, by)} (${inner} by (${seriesLabels(ask, by, matchers).join(', ')}))`
  }

  switch (measure.kind) {
    case 'counter': {
      const select = selectorOf(measure, 'select')
      const perMinute = 60 / ask.stepSeconds
      return `${counted(select, select.matchers.filter(isOfGroup))}${perMinute === 1 ? '' : ` * ${perMinute}`}`
    }
    case 'gauge':
      return level(selectorOf(measure, 'select'))
    case 'ratio': {
      const [of, per] = [selectorOf(measure, 'of'), selectorOf(measure, 'per')]
      if (measure.operands === 'gauge') return `${level(of)} / (${level(per)} != 0)`
      return `${counted(of, per.matchers.filter(isOfGroup))} / (${bare(per)} > 0)`
    }
    case 'histogram': {
      const { label, matchers } = selectorOf(measure, 'select')
      if (label === null)
        throw badMeasure(measure, 'a histogram needs a label with its value', 'Select the label of the duration.')
      if (measure.quantile === undefined)
        throw badMeasure(measure, 'a histogram needs "quantile"', 'Add it, e.g. quantile: 0.95.')
      return `quantile_over_time(${measure.quantile}, ${logs(matchers, label)}${range}) by (${by.join(', ')})`
    }
    case 'derived':
      throw badMeasure(measure, 'a derived measure is read from no source', 'Ask for it by its name.')
  }
}

/**
 * When the newest line of each that reports was, in milliseconds. A gauge's lines are those of its selector; any line tells that events are
 * counted.
 *
 * @throws DataError `bad-query`
 */
export function newestExpression(ask: SeriesAsk, range: string): string {
  const { measure, newest } = ask
  const by = newest.by.map(({ label }) => labelName(measure, label))
  const { matchers } = selectorOf(measure, measure.kind === 'ratio' ? 'per' : 'select')
  const isGauge = measure.kind === 'gauge' || (measure.kind === 'ratio' && measure.operands === 'gauge')
  const told = isGauge ? matchers : matchers.filter(({ label }) => by.includes(label))
  const lines = logsOf(ask, newest.where)(told, null)
  const time = `| label_format ${timeLabel}="{{ __timestamp__ | unixEpochMillis }}" | unwrap ${timeLabel}`
  return `max_over_time(${lines} ${time} ${range}) by (${by.join(', ')})`
}

const timeLabel = 'tenon_newest'

function logsOf({ table, measure }: SeriesAsk, where: readonly DimensionFilter[]) {
  const { text, parses } = parseLogQuery(table.from)
  // A line that cannot be read is no row; left in, it would make the whole query fail.
  const rows = parses ? `${text} | __error__=""` : text
  const filters = where.map(({ label, values }) => ` | ${oneOf(labelName(measure, label), values)}`)
  return (matchers: readonly Matcher[], label: string | null): string => {
    const chosen = matchers.map((one) => ` | ${labelName(measure, one.label)}${one.op}${quoted(one.value)}`)
    const value = label === null ? '' : ` | unwrap ${labelName(measure, label)} | __error__=""`
    return `${rows}${[...filters, ...chosen].join('')}${value} `
  }
}

function oneOf(label: string, values: readonly string[]): string {
  const each = values.map((value) => `${label}=${quoted(value)}`)
  return each.length === 1 ? each[0]! : `(${each.join(' or ')})`
}

/** What tells series apart: the groups, the table's dimensions, and what is matched. */
function seriesLabels({ table, measure }: SeriesAsk, by: readonly string[], matchers: readonly Matcher[]): string[] {
  const told = [...Object.values(table.dimensions), ...matchers.map(({ label }) => label)]
  return [...new Set([...by, ...told.map((label) => labelName(measure, label))])]
}

function selectorOf(measure: Measure, part: 'select' | 'of' | 'per'): LineSelector {
  const found = parseFieldSelector(measure[part] ?? '')
  if (!found)
    throw badMeasure(
      measure,
      `"${part}" is no selector`,
      'Write a label, or * for lines, and filters: *{level="error"}.',
    )
  return { label: found.name === '*' ? null : found.name, matchers: found.matchers }
}

/** Names are written as they are; so only what Loki itself would make of a field's name. */
function labelName(measure: Measure, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw badMeasure(measure, `"${name}" is no label of Loki`, `It is ${name.replaceAll(/[^A-Za-z0-9_]/g, '_')} there.`)
}

const grouped = (aggregate: string, by: readonly string[]): string =>
  by.length === 0 ? aggregate : `${aggregate} by (${by.join(', ')})`
