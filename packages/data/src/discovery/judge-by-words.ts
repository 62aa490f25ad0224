/** What a name's words say about a measure: where bad is, whether it has a season, and how its series join. */
import type { Measure } from '../model/model.ts'
import type { DiscoveryRules } from './rules.ts'

export interface WordJudge {
  bad(words: readonly string[]): Measure['bad']
  seasonality(words: readonly string[]): Measure['seasonality']
}

/** Patterns are made once for all names. */
export function wordJudge({ words: lists }: Pick<DiscoveryRules, 'words'>): WordJudge {
  const pattern = (list: string) => new RegExp(`^(?:${list.trim().split(/\s+/).join('|')})$`)
  /** `max_sessions` is the highest that was seen, `sessions_max` the most that can be. */
  const told = (words: readonly string[]) =>
    words.filter((word, index) => index === words.length - 1 || !/^(max|maximum|min|minimum)$/.test(word))
  const [up, down, steady] = [pattern(lists.up), pattern(lists.down), pattern(lists.steady)]
  return {
    // What went wrong comes before what happened: failed requests are bad when there are more.
    bad: (words) =>
      told(words).some((word) => up.test(word)) ? 'up' : told(words).some((word) => down.test(word)) ? 'down' : 'both',
    seasonality: (words) => (told(words).some((word) => steady.test(word)) ? 'none' : 'weekly'),
  }
}

/** Levels of one thing each cannot be added up. */
const meanUnits = new Set(['ratio', '%', 's', 'ms', 'us', 'ns', 'min', 'h', 'd', '°C', 'V', 'A', 'Hz'])

export function aggregateOf(unit: string | null, words: readonly string[]): Measure['aggregate'] {
  if (words.some((word) => /^(age|lag|oldest|longest|peak)$/.test(word))) return 'max'
  return unit !== null && meanUnits.has(unit) ? 'avg' : 'sum'
}

/** What is counted, where a name says it: the last of its words in the plural. */
export const pluralIn = (words: readonly string[]): string | undefined =>
  words.findLast((word) => /^[a-z]+s$/.test(word) && !word.endsWith('ss'))

/** Of a counter, per minute: `orders/min` where the name says what is counted, `events/min` elsewhere. */
export function counterUnit(unit: string | null, words: readonly string[]): string {
  if (unit !== null) return `${unit}/min`
  return `${pluralIn(words) ?? 'events'}/min`
}
