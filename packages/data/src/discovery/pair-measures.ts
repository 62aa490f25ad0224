/**
 * Measures of two families of one table: what is used over what there is at most, what is left over what there is, and errors over all
 * that was tried. They are what people ask for; the parts alone say little.
 */
import { measure as measureSchema } from '../model/model.ts'
import type { Matcher } from '../model/selector.ts'
import type { NamedMeasure } from './family-measures.ts'
import type { Family } from './metric-families.ts'
import { metricSelector } from './metric-selector.ts'
import { idOfWords, titleOfWords, withSmallInitial } from './plain-words.ts'

export interface Part {
  family: Family
  /** The family's words that its table does not say. */
  subject: readonly string[]
}

interface Pair {
  sort: 'used' | 'left' | 'errors'
  stem: string[]
  of: Family
  per: Family
}

const usedEnds = [['in', 'use'], ['used'], ['active'], ['busy'], ['allocated'], ['open'], ['current']]
const mostEnds = [['max'], ['limit'], ['capacity'], ['maximum'], ['total'], ['size'], ['quota']]
const leftEnds = [['available'], ['avail'], ['free'], ['remaining']]
const errorEnds = [['errors'], ['error'], ['failures'], ['failed'], ['failure']]

/** @param stay the subjects that are named "in use" by a pair: their measure is the plain word then. */
export function pairsOf(parts: readonly Part[]): Pair[] {
  const byWords = new Map(parts.map((part) => [part.subject.join(' '), part]))
  const has = (stem: readonly string[], ends: readonly string[][], shape: Family['shape']): Family | null => {
    for (const end of ends) {
      const found = byWords.get([...stem, ...end].join(' '))
      if (found?.family.shape === shape) return found.family
    }
    return null
  }
  const pairs: Pair[] = []
  const stems = new Set<string>()
  for (const { family, subject } of parts) {
    const [stem, sort] = stemOf(family, subject)
    if (stem === null || stem.length === 0 || stems.has(`${sort} ${stem.join(' ')}`)) continue
    const per = sort === 'errors' ? all(stem) : has(stem, mostEnds, 'gauge')
    if (!per || per === family || (per.unit ?? '') !== (family.unit ?? '')) continue
    stems.add(`${sort} ${stem.join(' ')}`)
    pairs.push({ sort, stem, of: family, per })
  }
  return pairs

  function all(stem: readonly string[]): Family | null {
    const whole = [[], ['total'], ['requests'], ['attempts']]
    const plural = [...stem.slice(0, -1), `${stem.at(-1) ?? ''}s`]
    return has(stem, whole, 'counter') ?? has(plural, [[]], 'counter')
  }
}

function stemOf(family: Family, subject: readonly string[]): [string[] | null, Pair['sort']] {
  if (family.shape === 'counter') return [without(subject, errorEnds), 'errors']
  if (family.shape !== 'gauge') return [null, 'used']
  const used = without(subject, usedEnds)
  return used ? [used, 'used'] : [without(subject, leftEnds), 'left']
}

/** What is before the ending; null when it has none of them. */
function without(words: readonly string[], ends: readonly string[][]): string[] | null {
  for (const end of ends) if (words.slice(-end.length).join(' ') === end.join(' ')) return words.slice(0, -end.length)
  return null
}

/** @param only whether it is the table's one pair of its sort, so that it needs no longer name. */
export function measureOfPair(
  { sort, stem, of, per }: Pair,
  { matchers, only }: { matchers: readonly Matcher[]; only: boolean },
): NamedMeasure {
  const select = ({ sample }: Family) => metricSelector(sample, matchers)
  const [ending, title, bad] = {
    used: ['utilisation', 'Utilisation', 'up'] as const,
    left: ['left', 'Share left', 'down'] as const,
    errors: ['error-rate', 'Error rate', 'up'] as const,
  }[sort]
  const about = titleOfWords(stem)
  return {
    id: only && sort === 'used' ? ending : idOfWords([...stem, ending], 'measure'),
    measure: measureSchema.parse({
      title: `${title} of ${withSmallInitial(about)}`,
      kind: 'ratio',
      unit: 'ratio',
      bad,
      operands: sort === 'errors' ? 'counter' : 'gauge',
      minimumEvents: sort === 'errors' ? 50 : 0,
      of: select(of),
      per: select(per),
    }),
  }
}

/** The id and title of what is used: `connections_in_use` beside a limit is `connections`. */
export const usedStem = (pairs: readonly Pair[], family: Family): string[] | null =>
  pairs.find((pair) => pair.sort === 'used' && pair.of === family)?.stem ?? null
