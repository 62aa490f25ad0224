/**
 * What discovery asks of the world, one shape a kind of source. The rules read only through these, so that they are tested without one;
 * every list says whether it is whole, because what is missing from half a list has not vanished.
 */

export interface Listing {
  values: string[]
  whole: boolean
}

/** What a source says of a metric itself. */
export interface MetricAbout {
  type: string
  help: string
  unit: string
}

export type LabelSet = Readonly<Record<string, string>>

/** A store that speaks the Prometheus API. */
export interface MetricsReader {
  shape: 'metrics'
  /** The connection's name. */
  source: string
  labelNames(): Promise<Listing>
  /** All metrics, or those of which some series has the label. */
  metricNames(having?: string): Promise<Listing>
  labelValues(label: string): Promise<Listing>
  /** Empty where the store keeps none. */
  about(): Promise<ReadonlyMap<string, MetricAbout>>
  /**
   * The label sets of these metrics, `__name__` included; only those with one of `values` of a label where it is given. They come in pages, so
   * that no more than one has to be kept.
   *
   * @returns whether these were all
   */
  labelSets(
    ask: { metrics: readonly string[]; only?: { label: string; values: readonly string[] } },
    take: (sets: readonly LabelSet[]) => void,
  ): Promise<boolean>
}

export interface Column {
  name: string
  kind: 'number' | 'boolean' | 'text' | 'time' | 'other'
}

export interface ForeignKey {
  columns: readonly string[]
  relation: string
}

/** A table or view of a database. */
export interface TableRelation {
  schema: string
  name: string
  columns: readonly Column[]
  primaryKey: readonly string[]
  foreignKeys: readonly ForeignKey[]
}

/** A SQL database. */
export interface RelationsReader {
  shape: 'relations'
  source: string
  relations(): Promise<TableRelation[]>
  /** The different values of a column, the most frequent first, at most `most`; not whole when there are more. */
  distinct(relation: TableRelation, column: string, most: number): Promise<Listing>
}

/** One thing in a cluster or a catalogue, and what it belongs to. */
export interface NamedThing {
  /** `service`, `pod`, `host`, `database`, ... */
  kind: string
  name: string
  title?: string
  owner?: string
  attributes: Readonly<Record<string, string>>
}

export interface Link {
  from: { kind: string; name: string }
  to: { kind: string; name: string }
  kind: 'calls' | 'runs-on' | 'stores-in' | 'part-of' | 'owned-by'
  /** What says so, without the connection: `owner reference`, `catalogue dependsOn`. */
  by: string
}

/** Kubernetes, a Backstage catalogue: they know things and links, no measures. */
export interface ThingsReader {
  shape: 'things'
  source: string
  things(): Promise<{ things: NamedThing[]; links: Link[]; whole: boolean; notes: string[] }>
}

export type DiscoveryReader = MetricsReader | RelationsReader | ThingsReader
