/** Label sets, read in pages and kept only as what the rules need: values of labels by metric, and what is seen together with what. */
import type { LabelSet, MetricsReader } from './readers.ts'
import type { DiscoveryRules } from './rules.ts'

export interface Observations {
  /** Metric -> label -> its values, at most `mostValues` of them. */
  values(metric: string): ReadonlyMap<string, ReadonlySet<string>>
  /** Of what has this value of the kind: kind that it is in -> the one value; kinds with several are left out. */
  within(kind: string, value: string): ReadonlyMap<string, string>
  /** Whether a value of a kind was seen as what a metric tells of, or in passing. */
  has(kind: string, value: string): boolean
  /** Client, server and, where it is said, the sort of connection. */
  calls: ReadonlyMap<string, { client: string; server: string; connection: string }>
  whole: boolean
}

const mostValues = 2_000
/** Metrics asked for at a time: what they give is let go before the next. */
const metricsAtOnce = 100

/** How a metric's labels name kinds: decided by the rules for each metric. */
export type KindsOfMetric = (metric: string) => ReadonlyMap<string, string>

export async function observeLabelSets(
  reader: MetricsReader,
  metrics: readonly string[],
  { rules, kindsOf }: { rules: DiscoveryRules; kindsOf: KindsOfMetric },
): Promise<Observations> {
  const values = new Map<string, Map<string, Set<string>>>()
  const together = new Map<string, Map<string, Map<string, string | null>>>()
  const calls = new Map<string, { client: string; server: string; connection: string }>()
  let whole = true
  for (let first = 0; first < metrics.length; first += metricsAtOnce) {
    const take = (sets: readonly LabelSet[]): void => {
      for (const set of sets) {
        addValues(values, set)
        addTogether(together, set, { rules, kinds: kindsOf(set.__name__ ?? '') })
        addCalls(calls, set, rules)
      }
    }
    whole = (await reader.labelSets({ metrics: metrics.slice(first, first + metricsAtOnce) }, take)) && whole
  }
  return {
    values: (metric) => values.get(metric) ?? new Map(),
    within: (kind, value) =>
      new Map(
        [...(together.get(kind)?.get(value) ?? [])].flatMap(([other, one]) => (one === null ? [] : [[other, one]])),
      ),
    has: (kind, value) => together.get(kind)?.has(value) ?? false,
    calls,
    whole,
  }
}

function addValues(values: Map<string, Map<string, Set<string>>>, set: LabelSet): void {
  const metric = set.__name__ ?? ''
  let labels = values.get(metric)
  if (!labels) values.set(metric, (labels = new Map()))
  for (const [label, value] of Object.entries(set)) {
    if (label === '__name__') continue
    const known = labels.get(label)
    if (!known) labels.set(label, new Set([value]))
    else if (known.size < mostValues) known.add(value)
  }
}

function addTogether(
  together: Map<string, Map<string, Map<string, string | null>>>,
  set: LabelSet,
  { rules, kinds }: { rules: DiscoveryRules; kinds: ReadonlyMap<string, string> },
): void {
  for (const [kind, label] of kinds) {
    const value = set[label]
    if (!value) continue
    let ofKind = together.get(kind)
    if (!ofKind) together.set(kind, (ofKind = new Map()))
    let found = ofKind.get(value)
    if (!found) ofKind.set(value, (found = new Map()))
    for (const other of rules.within[kind] ?? []) {
      const otherLabel = kinds.get(other)
      const otherValue = otherLabel === undefined ? undefined : set[otherLabel]
      if (!otherValue) continue
      const before = found.get(other)
      if (before === undefined) found.set(other, otherValue)
      // Seen with two: it is in neither alone.
      else if (before !== otherValue) found.set(other, null)
    }
  }
}

function addCalls(
  calls: Map<string, { client: string; server: string; connection: string }>,
  set: LabelSet,
  { graph }: DiscoveryRules,
): void {
  for (const pair of graph) {
    const [client, server] = [set[pair.client], set[pair.server]]
    if (!client || !server || client === server) continue
    const connection = set.connection_type ?? ''
    calls.set(JSON.stringify([client, server]), { client, server, connection })
    return
  }
}
