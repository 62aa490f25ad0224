/** What people noticed, read from what they point at: a measure says by its kind, unit and direction, an alert by its labels and name. */
import type { MeasurePlace } from '@tenon/data'
import { symptom as symptomSchema, type Symptom } from '@tenon/runbook'

type Judged = Pick<MeasurePlace['measure'], 'kind' | 'unit' | 'bad' | 'title'>

const timeUnits = new Set(['s', 'ms', 'us', 'ns', 'seconds', 'milliseconds', 'min', 'minutes'])
const failing = /\b(errors?|fail(s|ed|ing|ures?)?|time-?outs?|exceptions?|reject(s|ed|ions?)?|5xx|refused|aborted)\b/
const succeeding = /\b(success|succeeded|availab(le|ility)|ok|healthy|accepted)\b/
const filling =
  /\b(util\w*|saturat\w*|usage|used|use|busy|cpu|memory|heap|disk|pool|connections?|queue\w*|backlog|load|lag|full)\b/

/** `latency-p95`, `HTTPErrors` and `error_rate` as small words. */
function wordsOf(text: string): string {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[-_./:]+/g, ' ')
    .toLowerCase()
}

/**
 * The symptom that a measure's bad direction is.
 *
 * @returns `any` where neither unit nor name tells: then the general runbook looks into it.
 */
export function symptomOfMeasure(measureId: string, { kind, unit, bad, title }: Judged): Symptom {
  const words = `${wordsOf(measureId)} ${wordsOf(title)}`
  if (bad === 'up') {
    if (failing.test(words)) return 'errors'
    if (timeUnits.has(unit)) return 'latency'
    // What rises and is no event fills something up; more events of a kind are more of whatever they are.
    if (kind === 'gauge' || (kind !== 'counter' && filling.test(words))) return 'saturation'
    return 'any'
  }
  if (bad === 'both') return kind === 'counter' ? 'drop' : 'any'
  const isShare = kind === 'ratio' || unit === 'ratio' || unit === '%'
  return isShare && succeeding.test(words) ? 'errors' : 'drop'
}

/** In this order: what is more special comes first. */
const alertWords: readonly (readonly [RegExp, Symptom])[] = [
  // Lost measurements are no symptom of the thing measured.
  [
    /\b(scrape|target|targets|exporter|metrics?|data) (is )?(down|lost|missing|absent|stale)\b|\b(absent|no data)\b/,
    'any',
  ],
  [/\b(lost|missing|stale) (scrapes?|targets?|metrics?|data)\b/, 'any'],
  [/\b(low|little|no|few) (traffic|volume|requests|orders|events)\b/, 'low-traffic'],
  [/\b(outliers?|skew\w*|imbalance\w*|one host|single host|peers?)\b/, 'outlier'],
  [/\b(source|upstream|partner|feed|inbound)\b/, 'source'],
  [/\b(latency|latencies|slow\w*|p\d\d|durations?|response times?|apdex)\b/, 'latency'],
  [/\b(success rate|availability|burn( rate)?|slo|error budget)\b/, 'errors'],
  [failing, 'errors'],
  [/\b(exhaust\w*|capacity|oom|throttl\w*|almost full)\b/, 'saturation'],
  [filling, 'saturation'],
  [/\b(drop\w*|down|fall\w*|fell|loss|losses|decreas\w*|below|few(er)?)\b/, 'drop'],
]

/** What of an alert tells its symptom. */
export interface AlertWords {
  name: string
  labels: Readonly<Record<string, string>>
}

/**
 * The symptom of an alert: its label `symptom` where a rule sets one, else its name's words, else its measure's.
 *
 * @param ofMeasure of the measure that the alert watches; `any` when it is not known.
 */
export function symptomOfAlert({ name, labels }: AlertWords, ofMeasure: Symptom): Symptom {
  const { data: said } = symptomSchema.safeParse(labels['symptom'])
  if (said) return said
  const words = wordsOf(name)
  return alertWords.find(([pattern]) => pattern.test(words))?.[1] ?? ofMeasure
}

/** What is asked of an entity when nobody said what is wrong with it. */
export function symptomOfKind(kind: string): Symptom {
  switch (kind) {
    // One of many: does it differ from the others?
    case 'host':
    case 'zone':
      return 'outlier'
    case 'database':
    case 'queue':
    case 'cache':
      return 'saturation'
    case 'source':
      return 'source'
    default:
      return 'any'
  }
}
