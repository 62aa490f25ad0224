/** From the index of a metrics store to entities, tables and relations. With a known model only what is new is read and named. */
import type { Entity, Model, Relation } from '../model/model.ts'
import { dimensionValue } from '../model/model-index.ts'
import type { Discovered, DiscoveryOptions } from './discovered.ts'
import { entityRegistry } from './entity-registry.ts'
import { groupFamilies, kindsOfLabels, type FamilyGroup } from './family-groups.ts'
import { isAboutRequests, subjectOf } from './family-measures.ts'
import { addGraphTable } from './graph-table.ts'
import { tablesOfGroups } from './group-tables.ts'
import { addEntities, callsOf, linksOf, namingLabels } from './metric-entities.ts'
import { familiesOf, type Family } from './metric-families.ts'
import { labelsOfFamilies } from './metric-labels.ts'
import { observeLabelSets } from './observe-label-sets.ts'
import { outcomeOf } from './outcome-values.ts'
import type { MetricsReader } from './readers.ts'
import type { DiscoveryRules } from './rules.ts'
import { countersWithOutcome, mostRefreshed, refreshOutcomes } from './refresh-outcomes.ts'
import { metricsOfMeasure, tableRegistry } from './table-registry.ts'

export async function discoverMetrics(
  reader: MetricsReader,
  { rules, known, written }: DiscoveryOptions,
): Promise<Discovered> {
  const { source } = reader
  const names = await reader.metricNames()
  const ignored = new RegExp(rules.ignore.map((pattern) => `(?:${pattern})`).join('|') || '^$')
  const there = new Set(names.values.filter((name) => !ignored.test(name)))
  const before = ofSource(known, source)
  const isEmpty = there.size === 0
  const knownMetrics = new Set(Object.values(before.tables).flatMap(metricsOfTable))
  const families = [...familiesOf(there, await reader.about()).values()]
  // What only describes has no measure by which it could be known; it is read when all is.
  const fresh = families.filter(
    ({ metrics, shape }) =>
      !metrics.some((metric) => knownMetrics.has(metric)) && (shape !== 'info' || knownMetrics.size === 0),
  )

  const labels = await labelsOfFamilies(reader, fresh, Object.keys(rules.labels))
  const isGraph = (family: Family) =>
    rules.graph.some(({ client, server }) => labels.of(family).has(client) && labels.of(family).has(server))
  const [graph, plain] = [fresh.filter(isGraph), fresh.filter((family) => !isGraph(family))]
  const knownGraph = graphMetrics(before, rules)
  const counters = countersWithOutcome(before.tables, rules.outcomes).filter((metric) => there.has(metric))
  const lookedAt = counters.slice(0, mostRefreshed)
  const samples = new Set([
    ...groupFamilies(plain, labels.of, { rules, outcomeOf: () => null }).flatMap(samplesOf),
    ...graph.map(({ sample }) => sample),
    ...knownGraph,
    ...lookedAt,
    ...plain
      .filter((family) => mayEnd(family, labels.of(family), rules) || mayHaveShares(family, labels.of(family), rules))
      .map(({ sample }) => sample),
  ])
  const bySample = new Map(plain.map((family) => [family.sample, family]))
  const seen = await observeLabelSets(reader, [...samples], {
    rules,
    kindsOf(metric) {
      const family = bySample.get(metric)
      return family ? kindsOfLabels(family, labels.of(family), rules) : noKinds
    },
  })

  const outcomes = new Map(
    plain.flatMap((family) => {
      const found = mayEnd(family, labels.of(family), rules)
        ? outcomeOf(seen.values(family.sample), rules.outcomes)
        : null
      return found ? [[family.base, found] as const] : []
    }),
  )
  const groups = groupFamilies(plain, labels.of, {
    rules,
    outcomeOf: (family) => outcomes.get(family.base)?.label ?? null,
  })
  const entities = entityRegistry(known?.entities ?? [], { source, prefixed: rules.prefixed })
  const graphLabels =
    knownGraph.length + graph.length === 0 ? [] : rules.graph.flatMap(({ client, server }) => [client, server])
  const naming = namingLabels(groups, before, { rules, metricsOf: metricsOfTable })
  const listed = await addEntities(reader, entities, {
    labels: naming,
    seen,
    rules,
    known: known?.entities ?? [],
    graph: graphLabels,
  })
  const found = [
    ...linksOf(entities, { rules, source }),
    ...callsOf(entities, seen, { rules, source, metric: knownGraph[0] ?? graph[0]?.sample ?? '' }),
  ]
  // Calls are read anew each time: who does not call any more is not in them.
  const stays = ({ by }: Relation) => !seen.whole || !knownGraph.some((metric) => by === `${source}: ${metric}`)
  const tables = tableRegistry(known, {
    source,
    written,
    // Of half a list nothing is known to be gone.
    isThere: (metric) => !names.whole || there.has(metric),
    isEntity: (id) => entities.has(id),
  })
  tablesOfGroups(groups, { rules, seen, outcomes, entities, tables, source })
  addGraphTable(graph, { rules, labelsOf: labels.of, tables, source })

  const again = new Map(lookedAt.map((metric) => [metric, outcomeOf(seen.values(metric), rules.outcomes)]))
  const refreshed = Object.fromEntries(
    Object.entries(tables.all()).map(([id, table]) => [
      id,
      refreshOutcomes(table, { rules: rules.outcomes, outcomeOf: (metric) => again.get(metric) ?? null }),
    ]),
  )

  const isGone = (entity: Entity) =>
    listed.whole &&
    listed.there.get(entity.kind)?.has(dimensionValue(entity)) === false &&
    !listed.calling.has(dimensionValue(entity))
  const all = entities.all()
  const gone = new Set(all.filter(isGone).map(({ id }) => id))
  return {
    content: {
      tenonModel: 1,
      entities: all.filter(({ id }) => !gone.has(id)),
      tables: refreshed,
      relations: relationsAmong(
        [...before.relations.filter(stays), ...found],
        (id) => entities.has(id) && !gone.has(id),
      ),
      chains: [],
    },
    // A store that has nothing at all any more is a store in trouble, or another one.
    whole: names.whole && labels.whole && seen.whole && listed.whole && !isEmpty,
    notes: isEmpty ? [`${source} has no metrics of the last day: what was known of it stays.`] : [],
  }
}
const noKinds: ReadonlyMap<string, string> = new Map()

/** What tells how a group's entities belong together: descriptions, and a few families from its beginning, middle and end. */
function samplesOf({ families }: FamilyGroup): string[] {
  const info = families.filter(({ shape }) => shape === 'info').slice(0, 2)
  const spread = [0, Math.floor(families.length / 2), families.length - 1].flatMap((index) => families[index] ?? [])
  return [...new Set([...info, ...spread])].map(({ sample }) => sample)
}

/** Whether the family may say by a label how what it counts ended. */
function mayEnd(family: Family, labels: ReadonlySet<string>, { outcomes }: DiscoveryRules): boolean {
  if (!outcomes.labels.some((label) => labels.has(label))) return false
  if (family.shape === 'counter') return true
  return family.shape !== 'gauge' && isAboutRequests(subjectOf(family, new Set([family.words[0] ?? ''])))
}

const mayHaveShares = ({ shape }: Family, labels: ReadonlySet<string>, { shares }: DiscoveryRules): boolean =>
  shape === 'counter' && shares.some(({ label }) => labels.has(label))

/** Of the tables that say who calls whom. */
function graphMetrics({ tables }: Model, { graph }: DiscoveryRules): string[] {
  return Object.values(tables).flatMap((table) => {
    const labels = new Set(Object.values(table.dimensions))
    return graph.some(({ client, server }) => labels.has(client) && labels.has(server)) ? metricsOfTable(table) : []
  })
}

const metricsOfTable = (table: Model['tables'][string]): string[] => [
  ...new Set(Object.values(table.measures).flatMap(metricsOfMeasure)),
]

/** What this source said before. */
function ofSource(known: Model | null, source: string): Model {
  return {
    tenonModel: 1,
    entities: (known?.entities ?? []).filter(({ from }) => from === source),
    tables: Object.fromEntries(Object.entries(known?.tables ?? {}).filter(([, table]) => table.source === source)),
    relations: (known?.relations ?? []).filter(({ by }) => by?.startsWith(`${source}: `) ?? false),
    chains: [],
  }
}

/** Each once, between what is there, in the order of their ends. */
function relationsAmong(relations: readonly Relation[], isThere: (id: string) => boolean): Relation[] {
  const byKey = new Map(relations.map((relation) => [`${relation.from} ${relation.to} ${relation.kind}`, relation]))
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, relation]) => relation)
    .filter(({ from, to }) => isThere(from) && isThere(to))
}
