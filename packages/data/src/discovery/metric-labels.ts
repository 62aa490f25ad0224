/** Which labels each new family has: one request a label, or, of a few families, the label sets themselves. */
import type { Family } from './metric-families.ts'
import type { MetricsReader } from './readers.ts'

/** Fewer families than this are asked for by themselves: it is less than a request for every label of the store. */
const fewFamilies = 400
/** A store with more labels than this has some that are no labels; those that the rules know come first. */
const mostLabels = 300

export interface FamilyLabels {
  of(family: Family): ReadonlySet<string>
  whole: boolean
}

export async function labelsOfFamilies(
  reader: MetricsReader,
  families: readonly Family[],
  wanted: readonly string[],
): Promise<FamilyLabels> {
  const labels = new Map(families.map((family) => [family.sample, new Set<string>()]))
  let whole = true
  if (families.length <= fewFamilies) {
    const found = await reader.labelSets({ metrics: [...labels.keys()] })
    for (const set of found.sets) {
      const known = labels.get(set.__name__ ?? '')
      for (const label of Object.keys(set)) if (label !== '__name__') known?.add(label)
    }
    whole = found.whole
  } else {
    const names = await reader.labelNames()
    const known = new Set(wanted)
    const ordered = [...names.values].sort((a, b) => Number(known.has(b)) - Number(known.has(a)))
    whole = names.whole && ordered.length <= mostLabels
    for (const label of ordered.slice(0, mostLabels)) {
      if (label === '__name__') continue
      const having = await reader.metricNames(label)
      whole &&= having.whole
      for (const metric of having.values) labels.get(metric)?.add(label)
    }
  }
  const none: ReadonlySet<string> = new Set()
  return { of: ({ sample }) => labels.get(sample) ?? none, whole }
}
