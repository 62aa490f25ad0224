/**
 * Outcomes that were not there yet: a service that never failed has no series of its failures. Counters that are known are looked at again, and
 * what is new among their outcomes is added to their measures; what was named stays.
 */
import { measure as measureSchema, type Measure, type Table } from '../model/model.ts'
import { oneOf, parseSelector, writeSelector, type Matcher } from '../model/selector.ts'
import type { DiscoveryRules } from './rules.ts'
import { selectedMetric } from './metric-selector.ts'
import type { Outcome } from './family-measures.ts'

/** More counters than this are looked at again only when all is read again. */
export const mostRefreshed = 200

type Outcomes = DiscoveryRules['outcomes']
type Sort = 'good' | 'bad'

/** Counters of which a measure is told apart by a word of how they ended; codes are told apart by pattern, which new ones match. */
export function countersWithOutcome(tables: Readonly<Record<string, Table>>, rules: Outcomes): string[] {
  const found = new Set<string>()
  for (const { measures } of Object.values(tables))
    for (const measure of Object.values(measures))
      for (const text of selectorsOf(measure)) {
        const metric = selectedMetric(text)
        if (metric !== null && outcomeMatcher(text, rules)) found.add(metric)
      }
  return [...found]
}

/** @param outcomeOf what the counter's labels say now; null when it was not looked at */
export function refreshOutcomes(
  table: Table,
  { rules, outcomeOf }: { rules: Outcomes; outcomeOf: (metric: string) => Outcome | null },
): Table {
  const measures: Record<string, Measure> = {}
  for (const [id, measure] of Object.entries(table.measures)) {
    const widened = { ...measure }
    for (const part of ['select', 'of'] as const) {
      const text = measure[part]
      if (text !== undefined) widened[part] = widenedSelector(text, { rules, outcomeOf })
    }
    measures[id] = widened
  }
  for (const [id, measure] of Object.entries(table.measures)) {
    const errors = missingErrors(id, measure, { measures, rules, outcomeOf })
    if (errors) measures[errors.id] = errors.measure
  }
  return { ...table, measures }
}

interface Means {
  rules: Outcomes
  outcomeOf: (metric: string) => Outcome | null
}

function widenedSelector(text: string, { rules, outcomeOf }: Means): string {
  const selector = parseSelector(text)
  const found = outcomeMatcher(text, rules)
  const outcome = outcomeOf(selectedMetric(text) ?? '')
  if (!selector || !found || outcome?.label !== found.matcher.label || outcome.isCode) return text
  const values = [...new Set([...found.values, ...outcome[found.sort]])].sort()
  if (values.length === found.values.length) return text
  const matchers = selector.matchers.map((one) => (one.label === found.matcher.label ? oneOf(one.label, values) : one))
  return writeSelector({ name: selector.name, matchers })
}

/** Beside what succeeded, the errors that nobody had seen. */
function missingErrors(
  id: string,
  measure: Measure,
  { measures, rules, outcomeOf }: Means & { measures: Readonly<Record<string, Measure>> },
): { id: string; measure: Measure } | null {
  const text = measure.kind === 'counter' && id.endsWith('succeeded') ? measure.select : undefined
  const selector = text === undefined ? null : parseSelector(text)
  const found = text === undefined ? null : outcomeMatcher(text, rules)
  const wanted = `${id.slice(0, -'succeeded'.length)}errors`
  if (!selector || found?.sort !== 'good' || Object.hasOwn(measures, wanted)) return null
  const outcome = outcomeOf(selectedMetric(text ?? '') ?? '')
  if (!outcome || outcome.bad.length === 0 || outcome.label !== found.matcher.label) return null
  const matchers = selector.matchers.map((one) => (one.label === outcome.label ? oneOf(one.label, outcome.bad) : one))
  const title = measure.title.replace(/succeeded$/i, (word) => (word.startsWith('S') ? 'Errors' : 'errors'))
  const select = writeSelector({ name: selector.name, matchers })
  return { id: wanted, measure: measureSchema.parse({ ...measure, title, bad: 'up', select }) }
}

/** The matcher by which a selector takes only what ended well, or only what did not. */
function outcomeMatcher(text: string, rules: Outcomes): { matcher: Matcher; values: string[]; sort: Sort } | null {
  const matcher = parseSelector(text)?.matchers.find(
    ({ label, op }) => rules.labels.includes(label) && (op === '=' || op === '=~'),
  )
  if (!matcher) return null
  // Written by `oneOf`: each value is escaped, so that a bar is between two of them.
  const values =
    matcher.op === '=' ? [matcher.value] : matcher.value.split('|').map((value) => value.replace(/\\(.)/g, '$1'))
  const [isGood, isBad] = [new RegExp(rules.good, 'i'), new RegExp(rules.bad, 'i')]
  if (values.every((value) => isGood.test(value))) return { matcher, values, sort: 'good' }
  return values.every((value) => isBad.test(value)) ? { matcher, values, sort: 'bad' } : null
}

const selectorsOf = ({ select, of }: Measure): string[] => [select, of].flatMap((text) => text ?? [])
