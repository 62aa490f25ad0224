/** Which label of a counter says how something ended, and which of its values are good and bad. */
import type { Outcome } from './family-measures.ts'
import type { DiscoveryRules } from './rules.ts'

/** Null when no label does: of several the first in the rules that has a good or a bad value. Values that are neither count only in all. */
export function outcomeOf(
  values: ReadonlyMap<string, ReadonlySet<string>>,
  { labels, good, bad }: DiscoveryRules['outcomes'],
): Outcome | null {
  const [isGood, isBad] = [new RegExp(good, 'i'), new RegExp(bad, 'i')]
  for (const label of labels) {
    const found = [...(values.get(label) ?? [])].filter((value) => value !== '').sort()
    // Of codes each one may come that was not there yet; of a thousand different values none is an outcome.
    if (found.length === 0 || found.length > 100) continue
    const outcome = {
      isCode: found.every((value) => /^\d{3}$/.test(value)),
      label,
      good: found.filter((value) => isGood.test(value)),
      bad: found.filter((value) => isBad.test(value)),
    }
    if (outcome.good.length > 0) return outcome
  }
  return null
}
