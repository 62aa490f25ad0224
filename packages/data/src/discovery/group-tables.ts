/** Each group of families as a table: what it tells of, its dimensions, who must report, and its measures under names that are free. */
import type { Entity } from '../model/model.ts'
import type { Matcher } from '../model/selector.ts'
import type { EntityRegistry } from './entity-registry.ts'
import type { FamilyGroup } from './family-groups.ts'
import {
  counted,
  isAboutRequests,
  measuresOfFamily,
  subjectOf,
  type FamilyContext,
  type NamedMeasure,
  type Outcome,
} from './family-measures.ts'
import { wordJudge } from './judge-by-words.ts'
import { wordsOf, type Family } from './metric-families.ts'
import type { Observations } from './observe-label-sets.ts'
import { measureOfPair, pairsOf, usedStem } from './pair-measures.ts'
import { idOfWords, titleOfWords } from './plain-words.ts'
import type { DiscoveryRules } from './rules.ts'
import { scopeOf, tableKey, type TableHead, type TableRegistry } from './table-registry.ts'

export interface TableMeans {
  rules: DiscoveryRules
  seen: Observations
  /** By the families' base names. */
  outcomes: ReadonlyMap<string, Outcome>
  entities: EntityRegistry
  tables: TableRegistry
  source: string
}

/** A label with as many values is an address or a number, not a dimension. */
const mostValues = 1_000

export function tablesOfGroups(groups: readonly FamilyGroup[], means: TableMeans): void {
  const hosts = Map.groupBy(means.entities.all(), ({ kind }) => kind)
  for (const group of groups) addTable(group, { ...means, byKind: hosts, judge: wordJudge(means.rules) })
}

type Means = TableMeans & { byKind: Map<string, Entity[]>; judge: FamilyContext['judge'] }

function addTable(group: FamilyGroup, means: Means): void {
  const { head, matchers } = headOf(group, means)
  const { primary, namespace } = group
  // `jobs_processed_total`: there the first word is what is counted.
  const isNoun = means.judge.bad([namespace]) !== 'both'
  const said = new Set([...(isNoun ? [] : [namespace]), ...(primary ? [primary.kind, ...wordsOf(primary.label)] : [])])
  const scope = scopeOf(head)
  const measures: NamedMeasure[] = []
  const taken = new Set<string>()
  const isTaken = (id: string) => taken.has(id) || means.tables.isTaken(scope, id)
  const add = (family: Family, found: readonly NamedMeasure[]): void => {
    const own = found.length === 1 ? ownOf(family, means.rules) : {}
    // Of several measures of one family all get the same longer name, so that they stay together.
    const clash = found.some(({ id }) => isTaken(own.id ?? id))
    for (const { id: plain, measure } of found) {
      const { id = plain, ...rest } = own
      const free = clash ? freeId(id, family, isTaken) : id
      taken.add(free)
      measures.push({ id: free, measure: { ...measure, ...rest } })
    }
  }

  const parts = group.families.map((family) => ({ family, subject: subjectOf(family, said) }))
  const pairs = pairsOf(parts)
  const context = { said, matchers, judge: means.judge, rules: means.rules }
  let main: Family | null = null
  const ordered = [...parts].sort((a, b) => rank(a.family) - rank(b.family))
  for (const { family, subject } of ordered) {
    const outcome = means.outcomes.get(family.base) ?? null
    const isTimed = family.shape === 'histogram' || family.shape === 'summary'
    const isMain = isAboutRequests(subject) && !isTaken(isTimed ? 'latency-mean' : 'attempts')
    const stem = usedStem(pairs, family)
    const found = measuresOfFamily(family, { ...context, outcome, isMain, shares: sharesOf(family, means) })
    add(family, stem && found[0] ? [{ ...found[0], id: idOfWords(stem, 'measure') }] : found)
    if (isTimed && isMain) main ??= family
  }
  // Many only time their requests: the number of them is in the histogram.
  if (main && !isTaken('attempts')) {
    const outcome = means.outcomes.get(main.base) ?? null
    const requests = { ...main, unit: null }
    add(
      main,
      counted(requests, ['requests'], { ...context, outcome, isMain: true, shares: [], metric: `${main.base}_count` }),
    )
  }
  for (const pair of pairs) {
    const only = primary?.kind !== 'host' && pairs.filter(({ sort }) => sort === pair.sort).length === 1
    add(pair.of, [measureOfPair(pair, { matchers, only })])
  }
  means.tables.put({
    key: tableKey(namespace, head),
    head,
    wanted: wantedIds(group, head),
    measures,
    isPart: group.isPart,
  })
}

/** Parts that the rules name and that the family has. */
function sharesOf(family: Family, { rules, seen }: Means): DiscoveryRules['shares'] {
  if (family.shape !== 'counter') return []
  return rules.shares.filter(({ label, value }) => seen.values(family.sample).get(label)?.has(value) ?? false)
}

/** Counters name what the times of the same requests then follow. */
function rank({ shape }: Family): number {
  return { counter: 0, gauge: 1, histogram: 2, summary: 2, info: 3 }[shape]
}

/** What the company's rules say of the only measure that a family has. */
function ownOf(family: Family, rules: DiscoveryRules): Partial<NamedMeasure['measure'] & { id: string }> {
  const rule = rules.metrics[family.sample] ?? rules.metrics[family.base] ?? {}
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined))
}

function freeId(id: string, family: Family, isTaken: (id: string) => boolean): string {
  const longer = idOfWords([...family.words.filter((word) => !id.split('-').includes(word)), id], 'measure')
  if (!isTaken(longer)) return longer
  for (let number = 2; ; number++) if (!isTaken(`${longer}-${number}`)) return `${longer}-${number}`
}

function headOf(group: FamilyGroup, means: Means): { head: TableHead; matchers: Matcher[] } {
  const { seen, entities, source, byKind } = means
  const { primary, namespace } = group
  const values = primary ? valuesOf(group, primary.label, seen) : new Set<string>()
  const dimensions = dimensionsOf(group, means)
  const common = { source, dimensions }
  if (!primary || values.size === 0) {
    const entity = entities.add('system', namespace)
    return { head: { title: titleOfWords([namespace]), entity, ...common }, matchers: [] }
  }
  const [only] = values
  // A team's own metrics are of one service; what one host has today another has tomorrow.
  const isOfOne =
    values.size === 1 && only !== undefined && primary.kind === 'service' && (byKind.get('service')?.length ?? 0) > 1
  const said = new Set([primary.kind, ...wordsOf(primary.label)])
  const about = titleOfWords([namespace, ...commonWords(group).filter((word) => !said.has(word))])
  if (!isOfOne) {
    const expected = expectedHosts(group, means) ? { expected: { kind: 'host' } } : {}
    return {
      head: { title: `${about} by ${primary.kind}`, each: primary.kind, ...common, ...expected },
      matchers: [],
    }
  }
  const entity = entities.id(primary.kind, only)
  const { [primary.kind]: _, ...others } = dimensions
  return {
    head: { title: about, entity, source, dimensions: others },
    matchers: [{ label: primary.label, op: '=', value: only }],
  }
}

function dimensionsOf({ families, labels, kinds }: FamilyGroup, { seen }: Means): Record<string, string> {
  const kindOf = new Map([...kinds].map(([kind, label]) => [label, kind]))
  const tooMany = (label: string) =>
    families.some(({ sample }) => (seen.values(sample).get(label)?.size ?? 0) > mostValues) && !kindOf.has(label)
  return Object.fromEntries(
    labels.filter((label) => !tooMany(label)).map((label) => [kindOf.get(label) ?? label, label]),
  )
}

/** Whether all hosts that are known report here: then one that does not is missed. */
function expectedHosts(group: FamilyGroup, { seen, byKind }: Means): boolean {
  const label = group.kinds.get('host')
  const hosts = byKind.get('host') ?? []
  if (label === undefined || !group.labels.includes(label) || hosts.length === 0) return false
  const reporting = valuesOf(group, label, seen)
  return hosts.every(({ id, attributes }) => reporting.has(attributes.host ?? id))
}

function valuesOf({ families }: FamilyGroup, label: string, seen: Observations): Set<string> {
  const found = new Set<string>()
  for (const { sample } of families)
    for (const value of seen.values(sample).get(label) ?? []) if (value !== '') found.add(value)
  return found
}

/** Words that all names of the group have behind the namespace. */
function commonWords({ families }: FamilyGroup): string[] {
  const [first, ...others] = families.map(({ words }) => words.slice(1))
  if (!first || others.length === 0) return []
  const end = first.findIndex((word, index) => others.some((words) => words[index] !== word))
  return end < 0 ? first : first.slice(0, end)
}

/** Never the namespace alone: a system of that name would be hidden behind its table. */
function wantedIds(group: FamilyGroup, head: TableHead): string[] {
  const { namespace } = group
  if (head.entity !== undefined) return [head.entity, idOfWords([head.entity, namespace], 'table')]
  const kind = head.each ?? ''
  const kinds = new Set(group.kinds.values())
  const further = group.labels.filter((label) => !kinds.has(label))
  const plain = idOfWords([namespace, kind], 'table')
  const byLabels = idOfWords([namespace, kind, 'by', ...further.slice(0, 3)], 'table')
  const shared = commonWords(group)
  const common = shared.length > 0 ? [idOfWords([namespace, ...shared], 'table')] : []
  return further.length > 0 ? [...common, plain, byLabels] : [plain, ...common]
}
