/** The measures that one family of metrics gives, each with an id that is short where the family is what its table is about. */
import type * as z from 'zod'
import { measure as measureSchema, type Measure } from '../model/model.ts'
import { oneOf, type Matcher } from '../model/selector.ts'
import { aggregateOf, counterUnit, pluralIn, type WordJudge } from './judge-by-words.ts'
import type { Family } from './metric-families.ts'
import { metricSelector } from './metric-selector.ts'
import { idOfWords, titleOfWords, withSmallInitial } from './plain-words.ts'
import type { DiscoveryRules } from './rules.ts'

/** A label that says how something ended, and its values of each sort. */
export interface Outcome {
  label: string
  good: string[]
  bad: string[]
  /** They are codes such as 503, of which others come that were not there yet. */
  isCode: boolean
}

export interface FamilyContext {
  /** Words that say no more than the table does: its namespace, its kind and the kind's label. */
  said: ReadonlySet<string>
  outcome: Outcome | null
  /** Parts of it that are measures of their own. */
  shares: DiscoveryRules['shares']
  /** What the family's series are narrowed to in this table. */
  matchers: readonly Matcher[]
  /** Whether requests are the table's subject, so that their measures have the short names. */
  isMain: boolean
  judge: WordJudge
  rules: DiscoveryRules
}

export interface NamedMeasure {
  id: string
  measure: Measure
}

type MeasureInput = z.input<typeof measureSchema>

/** What is left of the family's words: `shop_db_wait_seconds` of a database is `wait`. */
export function subjectOf(family: Pick<Family, 'words'>, said: ReadonlySet<string>): string[] {
  const left = family.words.filter((word) => !said.has(word))
  return left.length > 0 ? left : [...family.words]
}

const requestWords = new Set([
  'http',
  'server',
  'rpc',
  'grpc',
  'request',
  'requests',
  'calls',
  'handled',
  'duration',
  'latency',
  'time',
  'processing',
  'response',
  'responses',
  'handling',
])

/** Requests that were answered here, by whatever protocol. */
export function isAboutRequests(words: readonly string[]): boolean {
  return (
    words.every((word) => requestWords.has(word)) &&
    words.some((word) => /^(requests?|calls|handled|handling|responses?|latency)$/.test(word))
  )
}

export function measuresOfFamily(family: Family, context: FamilyContext): NamedMeasure[] {
  const subject = subjectOf(family, context.said)
  switch (family.shape) {
    case 'info':
      return []
    case 'counter':
      return counted(family, subject, { ...context, metric: family.sample })
    case 'gauge':
      return level(family, subject, context)
    case 'summary':
    case 'histogram':
      return timed(family, subject, context)
  }
}

/** A counter: all of it, and by outcome what went well, what did not, and the share of what went well. */
export function counted(
  family: Family,
  subject: readonly string[],
  { metric, ...context }: FamilyContext & { metric: string },
): NamedMeasure[] {
  const { outcome, isMain, matchers, judge } = context
  const select = (...more: Matcher[]) => metricSelector(metric, [...matchers, ...more])
  const unit = counterUnit(family.unit, isMain ? ['requests'] : subject)
  const named = (ending: string) => (isMain ? ending : idOfWords([...subject, ending], 'measure'))
  const about = titleOfWords(subject)
  const title = (main: string, other: string) => (isMain ? main : `${about} ${other}`)
  const countsEvents = family.unit === null
  const common = { description: family.help, minimumEvents: countsEvents ? 50 : 0 }
  const direction = isMain ? 'down' : judge.bad(subject)
  const all = made(isMain ? 'attempts' : idOfWords(subject, 'measure'), {
    ...common,
    title: isMain ? 'Attempts' : about,
    kind: 'counter',
    unit,
    bad: direction,
    seasonality: judge.seasonality(subject),
    select: select(),
  })
  const found = [all, ...context.shares.map((share) => shareOf(share, { subject, select, all: select() }))]
  if (outcome === null) return found
  const code = (value: string): Matcher => ({ label: outcome.label, op: '=~', value })
  const good = outcome.isCode ? code('[23]..') : outcome.good.length > 0 ? oneOf(outcome.label, outcome.good) : null
  const bad = outcome.isCode ? code('5..') : outcome.bad.length > 0 ? oneOf(outcome.label, outcome.bad) : null
  if (good)
    found.push(
      made(named('succeeded'), {
        ...common,
        title: title('Succeeded', 'succeeded'),
        kind: 'counter',
        unit,
        bad: 'down',
        select: select(good),
      }),
    )
  if (bad) {
    const words = outcome.bad.some((value) => /time/i.test(value)) ? 'errors and time-outs' : 'errors'
    found.push(
      made(named('errors'), {
        ...common,
        title: title(titleOfWords([words]), words),
        kind: 'counter',
        unit,
        bad: 'up',
        select: select(bad),
      }),
    )
  }
  if (good)
    found.push(
      made(named('success-rate'), {
        title: title('Success rate', 'success rate'),
        kind: 'ratio',
        unit: 'ratio',
        bad: 'down',
        of: select(good),
        per: select(),
      }),
    )
  return found
}

/** One value's part of all that a counter counts. */
function shareOf(
  { label, value, name, bad }: DiscoveryRules['shares'][number],
  { subject, select, all }: { subject: readonly string[]; select: (matcher: Matcher) => string; all: string },
): NamedMeasure {
  return made(idOfWords([...subject, ...name.split(' ')], 'measure'), {
    title: `${titleOfWords(subject)} ${name}`,
    kind: 'ratio',
    unit: 'ratio',
    bad,
    of: select({ label, op: '=', value }),
    per: all,
  })
}

function level(family: Family, subject: readonly string[], { matchers, judge }: FamilyContext): NamedMeasure[] {
  return [
    made(idOfWords(subject, 'measure'), {
      title: titleOfWords(subject),
      description: family.help,
      kind: 'gauge',
      unit: family.unit ?? nounOf(subject),
      bad: judge.bad(subject),
      seasonality: judge.seasonality(subject),
      minimumEvents: 0,
      aggregate: aggregateOf(family.unit, subject),
      select: metricSelector(family.sample, matchers),
    }),
  ]
}

/** What was observed one by one: a high quantile where there are buckets, and the mean. */
function timed(family: Family, subject: readonly string[], context: FamilyContext): NamedMeasure[] {
  const { matchers, isMain, judge } = context
  const unit = family.unit ?? nounOf(subject)
  const part = (end: string) => metricSelector(`${family.base}_${end}`, matchers)
  const stem = isMain ? ['latency'] : subject
  const about = titleOfWords(stem)
  const common = { description: family.help, unit, bad: isMain || family.unit === 's' ? 'up' : judge.bad(subject) }
  const hasBuckets = family.shape === 'histogram'
  const mean = made(hasBuckets || isMain ? idOfWords([...stem, 'mean'], 'measure') : idOfWords(stem, 'measure'), {
    ...common,
    title: `Mean ${withSmallInitial(about)}`,
    kind: 'ratio',
    of: part('sum'),
    per: part('count'),
  })
  if (!hasBuckets) return [mean]
  const high = made(idOfWords([...stem, 'p95'], 'measure'), {
    ...common,
    title: `${about} p95`,
    kind: 'histogram',
    quantile: 0.95,
    select: part('bucket'),
  })
  return [high, mean]
}

const nounOf = (words: readonly string[]) => pluralIn(words) ?? '1'

const mostDescription = 300

/** With the model's own defaults for what is not said; an empty help is none. */
function made(id: string, { description, ...rest }: MeasureInput): NamedMeasure {
  return {
    id,
    measure: measureSchema.parse({
      ...rest,
      ...(description ? { description: description.slice(0, mostDescription) } : {}),
    }),
  }
}
