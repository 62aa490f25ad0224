/** Service-graph metrics as a table: the calls that each service receives, by who calls. */
import { counted, measuresOfFamily, type NamedMeasure } from './family-measures.ts'
import { wordJudge } from './judge-by-words.ts'
import type { Family } from './metric-families.ts'
import type { DiscoveryRules } from './rules.ts'
import { tableKey, type TableHead, type TableRegistry } from './table-registry.ts'

export interface GraphMeans {
  rules: DiscoveryRules
  labelsOf: (family: Family) => ReadonlySet<string>
  tables: TableRegistry
  source: string
}

/** Words that say that it is a graph, not of what. */
const said = new Set(['traces', 'service', 'graph', 'istio'])

export function addGraphTable(families: readonly Family[], { rules, labelsOf, tables, source }: GraphMeans): void {
  for (const pair of rules.graph) {
    const mine = families.filter((family) => labelsOf(family).has(pair.client) && labelsOf(family).has(pair.server))
    if (mine.length === 0) continue
    const head: TableHead = {
      title: 'Calls between services',
      each: 'service',
      source,
      dimensions: { caller: pair.client, service: pair.server },
    }
    const measures = mine
      .flatMap((family) => named(family, rules))
      .filter(({ id }) => !tables.isTaken('each service', id))
    const namespace = mine[0]?.words[0] ?? ''
    tables.put({
      key: tableKey(namespace, head),
      head,
      wanted: ['service-graph', `${namespace}-calls`],
      measures,
      isPart: false,
    })
  }
}

/** Requests in a graph are calls: `calls`, `calls-failed`, `calls-server-p95`. */
function named(family: Family, rules: DiscoveryRules): NamedMeasure[] {
  const subject = family.words
    .filter((word) => !said.has(word))
    .map((word) => (/^requests?$/.test(word) ? 'calls' : word))
  const renamed = { ...family, words: subject.length > 0 ? subject : ['calls'] }
  const context = {
    said: new Set<string>(),
    outcome: null,
    shares: [],
    matchers: [],
    isMain: false,
    judge: wordJudge(rules),
    rules,
  }
  return family.shape === 'counter'
    ? counted(renamed, renamed.words, { ...context, metric: family.sample })
    : measuresOfFamily(renamed, context)
}
