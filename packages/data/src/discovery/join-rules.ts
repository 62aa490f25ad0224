/** The conventions, and what a company says against them. */
import { defaultRules } from './default-rules.ts'
import type { DiscoveryRules, OwnRules } from './rules.ts'

/**
 * Later rules lie over earlier ones. Labels, metrics and `within` are joined key by key; what is ignored and the lists of words are added to;
 * other lists are replaced.
 */
export function joinRules(own: readonly OwnRules[]): DiscoveryRules {
  return own.reduce(joined, defaultRules)
}

function joined(rules: DiscoveryRules, own: OwnRules): DiscoveryRules {
  const more = (list: string, added: string | undefined) => (added ? `${added} ${list}` : list)
  return {
    ...rules,
    ...withoutUndefined(own),
    ignore: [...rules.ignore, ...(own.ignore ?? [])],
    labels: { ...rules.labels, ...own.labels },
    within: { ...rules.within, ...own.within },
    metrics: { ...rules.metrics, ...own.metrics },
    outcomes: { ...rules.outcomes, ...withoutUndefined(own.outcomes ?? {}) },
    words: {
      up: more(rules.words.up, own.words?.up),
      down: more(rules.words.down, own.words?.down),
      steady: more(rules.words.steady, own.words?.steady),
    },
  }
}

type Said<T> = { [K in keyof T]: Exclude<T[K], undefined> }
const withoutUndefined = <T extends object>(rules: T): Partial<Said<T>> =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as Partial<Said<T>>
