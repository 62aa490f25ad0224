/**
 * Measures as PromQL. One measure, filter and grouping is one expression that the source computes; nothing is summed here.
 *
 * Rates are per minute. Where there was no traffic a ratio has no value (0/0 is neither 0 nor 1), and where there was no sample
 * nothing has: absence stays a gap.
 */
import type { Measure } from '../../model/model.ts'
import { parseSelector, writeSelector, type Matcher, type Selector } from '../../model/selector.ts'

export interface Expression {
  matchers: readonly Matcher[]
  /** Labels of the source, not dimensions. */
  by: readonly string[]
  windowSeconds: number
}

/** The expression of a measure's values; a range query of it gives one series a group. */
export function measureExpression(measure: Measure, { matchers, by, windowSeconds }: Expression): string {
  const window = durationText(windowSeconds)
  const over = (selector: Selector) => `${writeSelector(narrowed(selector, matchers))}[${window}]`
  const rate = (selector: Selector, labels: readonly string[]) => `${grouped('sum', labels)} (rate(${over(selector)}))`
  const level = (selector: Selector) =>
    `${grouped(measure.aggregate, by)} (${overTime[measure.aggregate]}(${over(selector)}))`
  const parts = selectorsOf(measure)
  switch (parts.kind) {
    case 'counter':
      return `${rate(parts.select, by)} * 60`
    case 'gauge':
      return level(parts.select)
    case 'ratio':
      return measure.operands === 'gauge'
        ? `${level(parts.of)} / (${level(parts.per)} != 0)`
        : `${rate(parts.of, by)} / (${rate(parts.per, by)} > 0)`
    case 'histogram':
      return `histogram_quantile(${parts.quantile}, ${rate(parts.select, ['le', ...by])})`
  }
}

/**
 * When the newest raw sample was, in unix seconds. `timestamp` gives the sample's own time even where the source carries an old
 * sample forward (Prometheus does for 5 minutes), so that old data cannot look new.
 */
export function newestSampleExpression(
  measure: Measure,
  { matchers, by }: Pick<Expression, 'matchers' | 'by'>,
): string {
  return `${grouped('max', by)} (timestamp(${writeSelector(narrowed(reportingSelector(measure), matchers))}))`
}

/** How many samples the busiest series of a measure had in each so many seconds: tells how often it is scraped. */
export function sampleCountExpression(measure: Measure, seconds: number): string {
  return `max(count_over_time(${writeSelector(reportingSelector(measure))}[${durationText(seconds)}]))`
}

/** The label that tells apart what is asked in one request. */
const partLabel = 'tenon_part'

/** Several expressions as one; each series of the answer says which one it is of. */
export function togetherExpression(expressions: readonly string[]): string {
  return expressions.map((one, index) => `label_replace(${one}, "${partLabel}", "${index}", "", "")`).join(' or ')
}

/** Which expression a series is of, and its own labels. Null when it does not say. */
export function partOf({
  [partLabel]: part,
  ...labels
}: Record<string, string>): { index: number; labels: Record<string, string> } | null {
  return part === undefined ? null : { index: Number(part), labels }
}

type MeasureSelectors =
  | { kind: 'counter' | 'gauge'; select: Selector }
  | { kind: 'ratio'; of: Selector; per: Selector }
  | { kind: 'histogram'; select: Selector; quantile: number }

/**
 * The measure's selectors, parsed. The model is checked when it is loaded, so this throws only on one that was not.
 *
 * @throws Error naming the field
 */
function selectorsOf(measure: Measure): MeasureSelectors {
  let selectors = known.get(measure)
  if (!selectors) known.set(measure, (selectors = readSelectors(measure)))
  return selectors
}

/** A model does not change, and a query needs them three times. */
const known = new WeakMap<Measure, MeasureSelectors>()

function readSelectors(measure: Measure): MeasureSelectors {
  switch (measure.kind) {
    case 'counter':
    case 'gauge':
      return { kind: measure.kind, select: parsed(measure, 'select') }
    case 'ratio':
      return { kind: 'ratio', of: parsed(measure, 'of'), per: parsed(measure, 'per') }
    case 'histogram':
      if (measure.quantile === undefined) throw new Error(`${measure.title}: a histogram needs "quantile"`)
      return { kind: 'histogram', select: parsed(measure, 'select'), quantile: measure.quantile }
    case 'derived':
      throw new Error(`${measure.title}: a derived measure is read by its inputs`)
  }
}

/**
 * Of a ratio what it is measured against: a share of nothing is not known, whatever else reports. Of a histogram the bucket that every one
 * has: the others come with it.
 */
function reportingSelector(measure: Measure): Selector {
  const parts = selectorsOf(measure)
  if (parts.kind === 'ratio') return parts.per
  return parts.kind === 'histogram' ? narrowed(parts.select, [{ label: 'le', op: '=', value: '+Inf' }]) : parts.select
}

function parsed(measure: Measure, field: 'select' | 'of' | 'per'): Selector {
  const selector = parseSelector(measure[field] ?? '')
  if (selector === null) throw new Error(`${measure.title}: "${field}" is not a plain selector`)
  return selector
}

const narrowed = ({ name, matchers }: Selector, more: readonly Matcher[]): Selector => ({
  name,
  matchers: [...matchers, ...more],
})

const grouped = (aggregate: string, by: readonly string[]) =>
  by.length === 0 ? aggregate : `${aggregate} by (${by.join(', ')})`

/** Within a step a gauge counts with its mean, but a highest or lowest value must not be averaged away. */
const overTime = {
  sum: 'avg_over_time',
  avg: 'avg_over_time',
  max: 'max_over_time',
  min: 'min_over_time',
} as const

/** As people write it: `90s`, `5m`, `2h`. */
function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
