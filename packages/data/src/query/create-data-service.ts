/** The three calls on a model and its sources. */
import { assembleResult, whereSampled } from './assemble-result.ts'
import { runCompute } from '../compute/run-compute.ts'
import { DataError } from '../data-error.ts'
import { queryEntities } from './entity-query.ts'
import { isKnownDimension } from './expected-entities.ts'
import { isDerived, runDerived } from '../derived/run-derived.ts'
import type { Model } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import { noCost, withinCall } from '../planner/call-scope.ts'
import { createPlanner } from '../planner/shared-fetch.ts'
import { findMeasure, planQuery, type QueryPlan } from './query-plan.ts'
import { queryRelations } from './relation-query.ts'
import type { DataQuery, DataResult, DataService } from './service.ts'
import type { SeriesAsk, Source, SourceAddress } from '../sources/source.ts'
import { findSourceKind, sourceKinds } from '../sources/source-kinds.ts'

export interface DataServiceOptions {
  model: Model
  /** The connection of that name; null when there is none. */
  sources(name: string): Promise<SourceAddress | null>
  /** What Tenon keeps itself and tables read from, by the name that tables give as their source; no connection hides it. */
  own?: Readonly<Record<string, Source>>
}

/** A data service that holds connections. */
export interface OpenDataService extends DataService {
  /** Another model over the same connections, with all that is known of them. Either closes them for both. */
  withModel(model: Model): OpenDataService
  /** Ends the sources' connections; what was asked before is answered. */
  close(): Promise<void>
}

/** One for a process: what is asked of a source goes through one planner, whatever the model and the run. */
export function createDataService({ model, ...options }: DataServiceOptions): OpenDataService {
  return serviceOn(model, openSources(options))
}

function serviceOn(model: Model, opened: ReturnType<typeof openSources>): OpenDataService {
  return {
    model,
    withModel: (other) => serviceOn(other, opened),
    entity: async (query) => queryEntities(model, query),
    relation: async (query) => queryRelations(model, query),
    async data(query, { signal = null, scope = null } = {}) {
      signal?.throwIfAborted()
      const cost = noCost()
      const work = withinCall({ scope, signal, cost }, () => answerQuery(query, { model, opened, depth: 0 }))
      return { ...(await unlessAborted(work, signal)), cost }
    },
    async compute(ask, { signal = null, scope = null, asOf = Date.now() } = {}) {
      signal?.throwIfAborted()
      const read = (query: DataQuery) => answerQuery(query, { model, opened, depth: 0 })
      return withinCall({ scope, signal, cost: noCost() }, () =>
        runCompute(ask, { model, source: (name) => opened.source(name), data: read, asOf, signal, scope }),
      )
    },
    close: () => opened.close(),
  }
}

interface Means {
  model: Model
  opened: ReturnType<typeof openSources>
  /** How many derived measures it is an input of. */
  depth: number
}

async function answerQuery(query: DataQuery, { model, opened, depth }: Means): Promise<DataResult> {
  const place = findMeasure(model, query.measure)
  if (isDerived(place)) {
    const ask = (input: DataQuery) => answerQuery(input, { model, opened, depth: depth + 1 })
    return runDerived({ index: indexModel(model), place, query, depth, ask })
  }
  const plan = planQuery(model, query)
  return runPlan(plan, query, { model, source: await opened.source(sourceOf(plan, query)) })
}

/** How long a changed connection may still be called at its old address. */
const addressMilliseconds = 1_000

interface OpenSource {
  key: string
  source: Source
}

/** Sources by their connections' names, opened when they are first asked and again when the connection changes. */
function openSources({ sources: look, own = {} }: Pick<DataServiceOptions, 'sources' | 'own'>) {
  const planner = createPlanner()
  const open = new Map<string, OpenSource>()
  const known = new Map<string, { at: number; found: Promise<OpenSource> }>()

  async function find(name: string): Promise<OpenSource> {
    const ours = Object.hasOwn(own, name) ? own[name] : undefined
    if (ours) return { key: name, source: ours }
    const address = await look(name)
    if (address === null) throw noSource(name)
    const key = JSON.stringify([address.kind, address.url, address.secret])
    const kept = open.get(name)
    if (kept?.key === key) return kept
    const kind = findSourceKind(address.kind)
    if (!kind) throw notReadable(name, address)
    const made = { key, source: kind.open(address, { fetch: planner.fetchFor(name, key) }) }
    open.set(name, made)
    // Its last questions are answered first; a connection that cannot be closed any more is closed.
    kept?.source.close().catch(() => undefined)
    return made
  }

  return {
    /** A node asks many questions at once, and each would look up the same connection. */
    async source(name: string): Promise<Source> {
      const now = performance.now()
      let entry = known.get(name)
      if (!entry || now - entry.at >= addressMilliseconds) {
        entry = { at: now, found: find(name) }
        known.set(name, entry)
        entry.found.catch(() => known.delete(name))
      }
      return (await entry.found).source
    },
    async close(): Promise<void> {
      const all = [...open.values()]
      open.clear()
      known.clear()
      await Promise.all(all.map(({ source }) => source.close()))
    },
  }
}

/** Stops waiting; what others wait for as well goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

async function runPlan(
  plan: QueryPlan,
  query: DataQuery,
  { model, source }: { model: Model; source: Source },
): Promise<DataResult> {
  const { table, measure, groupBy, where, expected, grid } = plan
  // The newest samples tell who reports, so filters that the model cannot relate to the expected entities are left to their labels.
  const unknown = where.filter(({ name }) => expected !== null && !isKnownDimension(model, expected, name))
  const by = new Map([...groupBy, ...unknown].map(({ name, label }) => [label, { name, label }]))
  if (expected) by.set(expected.label, { name: expected.kind, label: expected.label })
  const ask: SeriesAsk = {
    table,
    measure,
    where,
    groupBy,
    grid,
    stepSeconds: query.stepSeconds,
    newest: { by: [...by.values()], where: where.filter((filter) => !unknown.includes(filter)) },
  }
  const shorter = judgedAlone(query, plan)
  if (shorter !== null) {
    const answer = await source.series({ ...ask, newest: { ...ask.newest, from: shorter } })
    const result = assembleResult({ model, query, plan, answer, unknown, newestFrom: shorter })
    if (result.quality.completeness === 1 && result.quality.notes.length === 0) {
      if (!hasOddZero(result, plan)) return result
      // Whether anybody reported then is a short question: not who.
      if (unknown.length === 0) {
        const { newest } = await source.series({ ...ask, newest: { by: [], where: ask.newest.where } })
        return whereSampled(result, { newest, spans: answer.spans })
      }
    }
  }
  // Of what is missing more has to be known, such as since when. What was read before is shared, so that only who reports is asked anew.
  return assembleResult({ model, query, plan, answer: await source.series(ask), unknown, newestFrom: grid[0]! })
}

/**
 * From when on it is enough to know who reports: where only the newest part is judged, most of a query would be spent on times that
 * nobody asks about. Null where all is judged, and where groups are asked for that only those who reported earlier may have.
 */
function judgedAlone({ qualityFrom }: DataQuery, { grid, groupBy }: QueryPlan): number | null {
  return qualityFrom === undefined || qualityFrom <= grid[0]! || groupBy.length > 0 ? null : qualityFrom
}

/** A rate of zero beside what is no zero may be no value: see `whereSampled`. Zeros all along are true. */
function hasOddZero({ series }: DataResult, { measure }: QueryPlan): boolean {
  if (measure.kind !== 'counter') return false
  const isOdd = (value: number | null | undefined) => value !== undefined && value !== 0
  return series.some(({ points }) =>
    points.some(([, value], index) => value === 0 && (isOdd(points[index - 1]?.[1]) || isOdd(points[index + 1]?.[1]))),
  )
}

/** The model is checked when it is read: only derived measures have no source. */
function sourceOf({ table }: QueryPlan, { measure }: DataQuery): string {
  if (table.source !== undefined) return table.source
  throw new DataError('unknown-source', `"${measure}" has no source.`, { fix: 'Give its table a source in the model.' })
}

function noSource(name: string): DataError {
  return new DataError('unknown-source', `The model reads from "${name}", and no connection is named so.`, {
    fix: `Add a connection named "${name}" in Settings, Connections.`,
  })
}

function notReadable(name: string, { kind }: SourceAddress): DataError {
  const kinds = sourceKinds.map(({ title }) => title).join(', ')
  return new DataError('unknown-source', `The connection "${name}" is a "${kind}", which no table can be read from.`, {
    fix: `Use one of: ${kinds}.`,
  })
}
