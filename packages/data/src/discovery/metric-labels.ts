/** Which labels each new family has: one request a label, or, of a few families, the label sets themselves. */
import type { Family } from './metric-families.ts'
import type { MetricsReader } from './readers.ts'

/** Fewer families than this are asked for by themselves: it is less than a request for every label of the store. */
const fewFamilies = 400
/** A store with more labels than this has some that are no labels; those that the rules know come first. */
const mostLabels = 300

/** Names that begin with two underscores are the store's own; others than these no model can name. */
const isLabel = (label: string): boolean => /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/.test(label)

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
    whole = await reader.labelSets({ metrics: [...labels.keys()] }, (sets) => {
      for (const set of sets) {
        const known = labels.get(set.__name__ ?? '')
        for (const label of Object.keys(set)) if (isLabel(label)) known?.add(label)
      }
    })
  } else {
    const names = await reader.labelNames()
    const known = new Set(wanted)
    const ordered = [...names.values].sort((a, b) => Number(known.has(b)) - Number(known.has(a)))
    whole = names.whole && ordered.length <= mostLabels
    for (const label of ordered.slice(0, mostLabels)) {
      if (!isLabel(label)) continue
      const having = await reader.metricNames(label)
      whole &&= having.whole
      for (const metric of having.values) labels.get(metric)?.add(label)
    }
  }
  const none: ReadonlySet<string> = new Set()
  return { of: ({ sample }) => labels.get(sample) ?? none, whole }
}
