/** What exists by a metrics store's labels: entities, what they are in, what runs on what, and who calls whom. */
import type { Entity, Model, Relation } from '../model/model.ts'
import type { EntityRegistry } from './entity-registry.ts'
import type { FamilyGroup } from './family-groups.ts'
import type { Observations } from './observe-label-sets.ts'
import type { LabelSet, MetricsReader } from './readers.ts'
import type { DiscoveryRules } from './rules.ts'

/** A label that names entities of a kind, and metrics that have it. */
export interface NamingLabel {
  kind: string
  label: string
  samples: string[]
  /** All values of the label are entities; of a fallback only those that were seen where it counts. */
  isSure: boolean
}

/** Of new groups and of the source's known tables. */
export function namingLabels(
  groups: readonly FamilyGroup[],
  before: Model,
  { rules, metricsOf }: { rules: DiscoveryRules; metricsOf: (table: Model['tables'][string]) => string[] },
): NamingLabel[] {
  const found = new Map<string, NamingLabel>()
  const note = (kind: string, label: string, samples: readonly string[]): void => {
    const rule = rules.labels[label]
    const isSure = rule !== undefined && rule !== null && !rule.fallback && !rule.whenNamed && !rule.of
    const known = found.get(`${kind} ${label}`)
    if (known) known.samples.push(...samples.slice(0, 3))
    else found.set(`${kind} ${label}`, { kind, label, samples: samples.slice(0, 3), isSure })
  }
  for (const { kinds, labels, families } of groups)
    for (const [kind, label] of kinds)
      if (labels.includes(label))
        note(
          kind,
          label,
          families.map(({ sample }) => sample),
        )
  const kinds = new Set(Object.values(rules.labels).flatMap((rule) => (rule ? [rule.kind] : [])))
  for (const table of Object.values(before.tables))
    for (const [name, label] of Object.entries(table.dimensions))
      if (kinds.has(name)) note(name, label, metricsOf(table))
  return [...found.values()].sort((a, b) => (a.kind + a.label < b.kind + b.label ? -1 : 1))
}

export interface ListedEntities {
  /** Whether nothing of the kind can have been overlooked. */
  whole: boolean
  /** Kind -> values that are in the store now. */
  there: ReadonlyMap<string, ReadonlySet<string>>
  /** Values of the labels that say who calls whom, of whatever kind. */
  calling: ReadonlySet<string>
}

/** A longer value is a text, not a name. */
const mostName = 200

/** Most metrics that are asked for what a few entities are in. */
const mostSamples = 20

/**
 * Adds what the labels name. What a new entity is in comes from the label sets that were seen, or, where they did not have it, from those
 * with its name in a label.
 */
export async function addEntities(
  reader: MetricsReader,
  entities: EntityRegistry,
  {
    labels,
    seen,
    rules,
    known,
    graph,
  }: {
    labels: NamingLabel[]
    seen: Observations
    rules: DiscoveryRules
    known: readonly Entity[]
    /** Labels that say who calls whom. */
    graph: readonly string[]
  },
): Promise<ListedEntities> {
  const isKnown = new Set(known.map(({ kind, id, attributes }) => `${kind} ${attributes[kind] ?? id}`))
  const there = new Map<string, Set<string>>()
  const later: { kind: string; value: string }[] = []
  let whole = true
  for (const { kind, label, samples, isSure } of labels) {
    const listing = await reader.labelValues(label)
    whole &&= listing.whole
    const values = there.get(kind) ?? new Set<string>()
    there.set(kind, values)
    const missing: string[] = []
    for (const value of listing.values) {
      if (value === '' || value.length > mostName) continue
      values.add(value)
      if (isKnown.has(`${kind} ${value}`)) continue
      if (seen.has(kind, value)) later.push({ kind, value })
      else if (isSure) missing.push(value)
    }
    if (missing.length > 0) whole &&= await addMissing({ kind, label, samples, missing })
  }
  for (const { kind, value } of later)
    entities.add(kind, value, { attributes: Object.fromEntries(seen.within(kind, value)) })
  const calling = new Set<string>()
  for (const label of graph) {
    const listing = await reader.labelValues(label)
    whole &&= listing.whole
    for (const value of listing.values) calling.add(value)
  }
  return { whole, there, calling }

  async function addMissing({
    kind,
    label,
    samples,
    missing,
  }: Pick<NamingLabel, 'kind' | 'label' | 'samples'> & { missing: string[] }) {
    const labelOf = new Map(labels.map((one) => [one.kind, one.label]))
    // What is seen together with each, not the sets themselves: there may be many of one.
    const found = new Map(missing.map((value) => [value, new Map<string, string | null>()]))
    const whole = await reader.labelSets(
      { metrics: samples.slice(0, mostSamples), only: { label, values: missing } },
      (sets) => {
        for (const set of sets) {
          const within = found.get(set[label] ?? '')
          if (within) note(within, set, { kinds: rules.within[kind] ?? [], labelOf })
        }
      },
    )
    for (const [value, within] of found) {
      const attributes = [...within].flatMap(([other, one]): [string, string][] => (one === null ? [] : [[other, one]]))
      entities.add(kind, value, { attributes: Object.fromEntries(attributes) })
    }
    return whole
  }
}

/** The one value of each kind that it is in; null when there are several. */
function note(
  within: Map<string, string | null>,
  set: LabelSet,
  { kinds, labelOf }: { kinds: readonly string[]; labelOf: ReadonlyMap<string, string> },
): void {
  for (const kind of kinds) {
    const label = labelOf.get(kind)
    const value = label === undefined ? undefined : set[label]
    if (!value) continue
    const before = within.get(kind)
    within.set(kind, before === undefined || before === value ? value : null)
  }
}

/** Relations that follow from what this source's entities are in. */
export function linksOf(
  entities: EntityRegistry,
  { rules, source }: { rules: DiscoveryRules; source: string },
): Relation[] {
  return entities.all().flatMap((entity) =>
    rules.links.flatMap((link): Relation[] => {
      const value = entity.kind === link.of ? entity.attributes[link.in] : undefined
      const other = value === undefined ? null : entities.find(value, [link.in])
      if (other === null || other === entity.id) return []
      const [from, to] = link.from === link.of ? [entity.id, other] : [other, entity.id]
      return [{ from, to, kind: link.kind, by: `${source}: labels ${link.of}, ${link.in}` }]
    }),
  )
}

/** Callers that are no part of the system. */
const strangers = new Set(['user', 'unknown', 'unknown_service', ''])

export function callsOf(
  entities: EntityRegistry,
  seen: Observations,
  { rules, source, metric }: { rules: DiscoveryRules; source: string; metric: string },
): Relation[] {
  return [...seen.calls.values()].flatMap(({ client, server, connection }): Relation[] => {
    if (strangers.has(client) || strangers.has(server)) return []
    const made = connection === 'database' ? 'database' : connection === 'messaging_system' ? 'queue' : 'service'
    const kinds = [made, ...rules.primary.filter((kind) => kind !== made)]
    const from = entities.find(client, rules.primary) ?? entities.add('service', client)
    const to = entities.find(server, kinds) ?? entities.add(made, server)
    if (from === to) return []
    return [{ from, to, kind: made === 'database' ? 'stores-in' : 'calls', by: `${source}: ${metric}` }]
  })
}
