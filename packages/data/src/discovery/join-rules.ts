/** The conventions, and what a company says against them. */
import { DataError } from '../data-error.ts'
import { defaultRules } from './default-rules.ts'
import type { DiscoveryRules, OwnRules } from './rules.ts'

/**
 * Later rules lie over earlier ones. Labels, metrics and `within` are joined key by key; what is ignored and the lists of words are added to;
 * other lists are replaced.
 *
 * @throws DataError `bad-model` for an expression that is none
 */
export function joinRules(own: readonly OwnRules[]): DiscoveryRules {
  const rules = own.reduce(joined, defaultRules)
  const words = Object.values(rules.words).flatMap((list) => list.split(/\s+/))
  for (const pattern of [...rules.ignore, rules.outcomes.good, rules.outcomes.bad, ...words]) checkPattern(pattern)
  return rules
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

/** Names are short and the file is the operator's own; still no expression may be one that never ends. */
function checkPattern(pattern: string): void {
  if (/[+*}]\)?[+*{]/.test(pattern)) throw badRules(`"${pattern}" repeats what is already repeated`)
  try {
    void new RegExp(pattern)
  } catch {
    throw badRules(`"${pattern}" is no regular expression`)
  }
}

const badRules = (what: string) =>
  new DataError('bad-model', `The rules of discovery: ${what}.`, {
    fix: 'Correct the section "discovery"; docs/discovery.md lists what it may say.',
  })
