/** The measures of a relation: how many rows, by outcome how many went well, and of each number its sum, level or duration. */
import { measure as measureSchema, type Measure } from '../model/model.ts'
import type { Outcome } from './family-measures.ts'
import { aggregateOf, type WordJudge } from './judge-by-words.ts'
import { unitOfNames, wordsOf } from './metric-families.ts'
import { idOfWords, titleOfWords } from './plain-words.ts'
import type { TableRelation } from './readers.ts'
import type { ColumnRoles } from './relation-columns.ts'
import type * as z from 'zod'

export interface RelationMeans {
  judge: WordJudge
  /** Its label is a column. */
  outcome: Outcome | null
  isTaken: (id: string) => boolean
}

interface Named {
  id: string
  measure: Measure
}

const durationWords = /^(duration|latency|elapsed|took|time|wait)$/
const amountWords = /^(amount|total|price|cost|fee|quantity|qty|count|sum|bytes|size|value|revenue|items)$/

export function measuresOfRelation(relation: TableRelation, roles: ColumnRoles, means: RelationMeans): Named[] {
  const subject = wordsOf(relation.name)
  const isNow = roles.time === 'now'
  const found = [
    ...(isNow ? [] : counted(subject, means)),
    ...roles.numbers.flatMap(({ name }) => (isNow ? level(name, means) : ofNumber(name, subject, means))),
    ...(isNow ? shares(roles.numbers.map(({ name }) => name)) : []),
  ]
  const ids = new Set<string>()
  return found.map(({ id, measure }) => {
    const longer = idOfWords([...subject, id], 'measure')
    const free = [id, longer].find((one) => !ids.has(one) && !means.isTaken(one)) ?? `${longer}-${ids.size}`
    ids.add(free)
    return { id: free, measure }
  })
}

/** Rows as events. */
function counted(subject: readonly string[], { outcome, judge }: RelationMeans): Named[] {
  const about = titleOfWords(subject)
  const unit = `${subject.at(-1) ?? 'rows'}/min`
  const id = (ending?: string) => idOfWords(ending === undefined ? subject : [...subject, ending], 'measure')
  const judged = judge.bad(subject)
  const all = made(id(), { title: about, kind: 'counter', unit, bad: judged === 'both' ? 'down' : judged, select: '*' })
  if (!outcome) return [all]
  const of = (values: readonly string[]) => matching(outcome.label, values)
  const good = outcome.good.length > 0 ? `*{${of(outcome.good)}}` : null
  const bad = outcome.bad.length > 0 ? `*{${of(outcome.bad)}}` : null
  return [
    all,
    ...(good
      ? [made(id('succeeded'), { title: `${about} succeeded`, kind: 'counter', unit, bad: 'down', select: good })]
      : []),
    ...(bad ? [made(id('errors'), { title: `${about} failed`, kind: 'counter', unit, bad: 'up', select: bad })] : []),
    ...(good
      ? [
          made(id('success-rate'), {
            title: `${about} success rate`,
            kind: 'ratio',
            unit: 'ratio',
            bad: 'down',
            of: good,
            per: '*',
          }),
        ]
      : []),
  ]
}

/** A value as it is, or several as an expression that matches just them. */
function matching(column: string, values: readonly string[]): string {
  const quoted = (text: string) => JSON.stringify(text)
  const [only] = values
  if (only !== undefined && values.length === 1) return `${column}=${quoted(only)}`
  return `${column}=~${quoted(values.map((value) => value.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)).join('|'))}`
}

/** A number of an event: how long it took, how much it was, or some level. */
function ofNumber(column: string, subject: readonly string[], { judge }: RelationMeans): Named[] {
  const words = wordsOf(column)
  const { unit, left } = unitOfNames(words)
  const about = titleOfWords(left)
  const isTime = unit !== null && ['s', 'ms', 'us', 'ns', 'min', 'h'].includes(unit)
  if (isTime || left.some((word) => durationWords.test(word)))
    return [
      made(idOfWords([...left, 'p95'], 'measure'), {
        title: `${about} p95`,
        kind: 'histogram',
        quantile: 0.95,
        unit: unit ?? 's',
        bad: 'up',
        select: column,
      }),
    ]
  if (words.some((word) => amountWords.test(word))) {
    const ofWhat = titleOfWords([...left, 'of', ...subject])
    const judged = judge.bad(words)
    return [
      made(idOfWords(left, 'measure'), {
        title: ofWhat,
        kind: 'counter',
        unit: `${unit ?? left.at(-1) ?? 'units'}/min`,
        bad: judged === 'both' ? 'down' : judged,
        minimumEvents: 0,
        select: column,
      }),
    ]
  }
  return [
    made(idOfWords(left, 'measure'), {
      title: about,
      kind: 'gauge',
      unit: unit ?? '1',
      bad: judge.bad(words),
      seasonality: judge.seasonality(words),
      minimumEvents: 0,
      aggregate: 'avg',
      select: column,
    }),
  ]
}

/** What a database tells of now. */
function level(column: string, { judge }: RelationMeans): Named[] {
  const words = wordsOf(column)
  const { unit, left } = unitOfNames(words)
  return [
    made(idOfWords(left, 'measure'), {
      title: titleOfWords(left),
      kind: 'gauge',
      unit: unit ?? '1',
      bad: judge.bad(words),
      seasonality: 'none',
      minimumEvents: 0,
      aggregate: aggregateOf(unit, words),
      select: column,
    }),
  ]
}

/** Parts of PostgreSQL's own statistics that people ask for as shares. */
function shares(columns: readonly string[]): Named[] {
  const has = (...names: string[]) => names.every((name) => columns.includes(name))
  const share = (id: string, title: string, { of, per, bad }: { of: string; per: string; bad: 'up' | 'down' }): Named =>
    made(id, {
      title,
      kind: 'ratio',
      operands: 'gauge',
      unit: 'ratio',
      bad,
      seasonality: 'none',
      minimumEvents: 0,
      of,
      per,
    })
  return [
    ...(has('n_dead_tup', 'n_live_tup')
      ? [share('dead-rows', 'Dead rows over live rows', { of: 'n_dead_tup', per: 'n_live_tup', bad: 'up' })]
      : []),
    ...(has('xact_rollback', 'xact_commit')
      ? [share('rollbacks', 'Rollbacks over commits', { of: 'xact_rollback', per: 'xact_commit', bad: 'up' })]
      : []),
    ...(has('blks_read', 'blks_hit')
      ? [
          share('read-misses', 'Blocks read over blocks found in memory', {
            of: 'blks_read',
            per: 'blks_hit',
            bad: 'up',
          }),
        ]
      : []),
  ]
}

const made = (id: string, input: z.input<typeof measureSchema>): Named => ({ id, measure: measureSchema.parse(input) })
