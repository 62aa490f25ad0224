/** Families that tell of the same, with the same labels, and are named alike: each group is one table. */
import type { Family } from './metric-families.ts'
import { isAboutRequests, subjectOf } from './family-measures.ts'
import type { DiscoveryRules } from './rules.ts'

export interface FamilyGroup {
  /** The first word of the metrics' names: `shop`, `node`. */
  namespace: string
  /** The kind of entity that it tells of and the label with their names; null when no label says. */
  primary: { kind: string; label: string } | null
  /** Kind -> label, of all labels that name entities. */
  kinds: ReadonlyMap<string, string>
  /** Labels that are dimensions: not the outcome, nor the plumbing. */
  labels: readonly string[]
  families: Family[]
  /** Whether it is told apart from others of its like by the second words of its names. */
  isPart: boolean
}

/** A table with more is hard to look through. */
const mostFamilies = 150

/** The kinds that a family's labels name; fallbacks only where nothing better does. */
export function kindsOfLabels(
  family: Pick<Family, 'words' | 'shape'>,
  labels: ReadonlySet<string>,
  rules: DiscoveryRules,
): Map<string, string> {
  const kinds = new Map<string, string>()
  const isMachine = rules.machines.includes(family.words[0] ?? '')
  const isExporter = rules.exporters.includes(family.words[0] ?? '')
  for (const wantsFallback of [false, true]) {
    for (const [label, rule] of Object.entries(rules.labels)) {
      if (!rule || !labels.has(label) || (rule.fallback ?? false) !== wantsFallback || kinds.has(rule.kind)) continue
      if (rule.whenNamed && !family.words.includes(rule.kind)) continue
      if (rule.of && !rule.of.includes(family.words[0] ?? '')) continue
      // Who asks another for its metrics is not what they tell of.
      if (isExporter && rule.fallback && rule.kind === 'service') continue
      // What a machine measures of itself is the machine's, whoever runs there and whatever its parts are called.
      if (isMachine && rule.kind !== 'host' && !places.has(rule.kind)) continue
      // Everything that is scraped has a job and an instance: they count where nothing says better what is told of.
      if (wantsFallback && [...kinds.keys()].some((kind) => saysBetter(kind, { isExporter, than: rule.kind }))) continue
      kinds.set(rule.kind, label)
    }
  }
  return kinds
}

const places = new Set(['zone', 'region', 'cluster', 'namespace'])

/** A place says nothing of who; beside a service its instances still tell its hosts apart. */
function saysBetter(kind: string, { isExporter, than }: { isExporter: boolean; than: string }): boolean {
  if (places.has(kind) && !isExporter) return false
  return isExporter || !(kind === 'service' && than === 'host')
}

export function groupFamilies(
  families: readonly Family[],
  labelsOf: (family: Family) => ReadonlySet<string>,
  { rules, outcomeOf }: { rules: DiscoveryRules; outcomeOf: (family: Family) => string | null },
): FamilyGroup[] {
  const groups = new Map<string, FamilyGroup>()
  for (const family of families) {
    const labels = labelsOf(family)
    const kinds = kindsOfLabels(family, labels, rules)
    const primaryKind = primaryOf(family, kinds, rules)
    const primary = primaryKind === null ? null : { kind: primaryKind, label: kinds.get(primaryKind) ?? '' }
    const used = new Set(kinds.values())
    const outcome = outcomeOf(family)
    const dimensions = [...labels]
      .filter(
        (label) =>
          label !== outcome && (used.has(label) ? isUsed(label, kinds, rules) : !rules.plumbing.includes(label)),
      )
      .sort()
    const namespace = family.words[0] ?? family.base
    const key = groupKey({ namespace, kind: primaryKind, label: primary?.label ?? null, labels: dimensions })
    const found = groups.get(key)
    if (found) found.families.push(family)
    else groups.set(key, { namespace, primary, kinds, labels: dimensions, families: [family], isPart: false })
  }
  return [...groups.values()].flatMap((group) => byParts(group)).flatMap((group) => split(group, 1))
}

/** Fallback labels beside a better one are plumbing: an instance next to a host's name. */
function isUsed(label: string, kinds: ReadonlyMap<string, string>, rules: DiscoveryRules): boolean {
  const rule = rules.labels[label]
  return !rule?.fallback || kinds.get(rule.kind) === label
}

function primaryOf(family: Family, kinds: ReadonlyMap<string, string>, rules: DiscoveryRules): string | null {
  if (rules.machines.includes(family.words[0] ?? '') && kinds.has('host')) return 'host'
  const order = [...rules.primary, ...[...kinds.keys()].filter((kind) => !rules.primary.includes(kind))]
  const named = order.find((kind) => kinds.has(kind) && rules.labels[kinds.get(kind) ?? '']?.fallback !== true)
  if (named !== undefined && !places.has(named)) return named
  const requests = isAboutRequests(subjectOf(family, new Set([family.words[0] ?? ''])))
  if (kinds.has('service') && (requests || !kinds.has('host'))) return 'service'
  if (kinds.has('host')) return 'host'
  return named ?? order.find((kind) => kinds.has(kind)) ?? null
}

/** What makes two groups one. Also of a table of the model, so that a new family joins it. */
export function groupKey(group: {
  namespace: string
  kind: string | null
  label: string | null
  labels: readonly string[]
}): string {
  return JSON.stringify([group.namespace, group.kind, group.label, [...group.labels].sort()])
}

const mixedFamilies = 8

/** Disks and networks have the label `device` alike: what is told apart by such a label is told apart by its own word as well. */
function byParts(group: FamilyGroup): FamilyGroup[] {
  const kinds = new Set(group.kinds.values())
  if (group.families.length <= mixedFamilies || group.labels.every((label) => kinds.has(label))) return [group]
  const parts = [...Map.groupBy(group.families, ({ words }) => words[1] ?? '').values()]
  const small = parts.filter((families) => families.length < 3).flat()
  const large = parts.filter((families) => families.length >= 3)
  if (large.length === 0) return [group]
  return [small, ...large]
    .filter((families) => families.length > 0)
    .map((families) => ({ ...group, families, isPart: true }))
}

/** By the next word of the names, while there are too many. */
function split(group: FamilyGroup, word: number): FamilyGroup[] {
  if (group.families.length <= mostFamilies || word > 6) return [group]
  const parts = Map.groupBy(group.families, ({ words }) => words[word] ?? '')
  if (parts.size === 1) return split(group, word + 1)
  const small: Family[] = []
  const large: FamilyGroup[] = []
  for (const [, families] of parts) {
    if (families.length < 5) small.push(...families)
    else large.push(...split({ ...group, families, isPart: true }, word + 1))
  }
  return [...chunks(small).map((families) => ({ ...group, families, isPart: true })), ...large]
}

function chunks(families: readonly Family[]): Family[][] {
  return Array.from({ length: Math.ceil(families.length / mostFamilies) }, (_, index) =>
    families.slice(index * mostFamilies, (index + 1) * mostFamilies),
  )
}
