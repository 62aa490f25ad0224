/** The three calls on a model and its sources. */
import type { Point } from '@tenon/runbook'
import { assembleResult } from './assemble-result.ts'
import { DataError } from './data-error.ts'
import { queryEntities } from './entity-query.ts'
import { isKnownDimension } from './expected-entities.ts'
import { fetchOnce, type RangeFetcher } from './fetch-once.ts'
import type { Model } from './model.ts'
import { queryRange, type PrometheusAddress } from './prometheus.ts'
import { measureExpression, newestSampleExpression, sampleCountExpression } from './promql.ts'
import { planQuery, type QueryPlan } from './query-plan.ts'
import { coarseSpans, coarseStepSeconds, countSeconds, measuredSpans, type WindowSpan } from './rate-window.ts'
import { queryRelations } from './relation-query.ts'
import type { DataQuery, DataResult, DataService } from './service.ts'

export interface DataServiceOptions {
  model: Model
  /** The connection of that name; null when there is none, or when it is no Prometheus API. */
  sources(name: string): Promise<PrometheusAddress | null>
}

/** One for a process: it keeps answers for a few seconds and limits how many queries run at a source at a time. */
export function createDataService({ model, sources }: DataServiceOptions): DataService {
  const fetcher = fetchOnce(queryRange)
  const addressOf = forAMoment(sources)
  return {
    model,
    entity: async (query) => queryEntities(model, query),
    relation: async (query) => queryRelations(model, query),
    async data(query, { signal } = {}) {
      signal?.throwIfAborted()
      const plan = planQuery(model, query)
      const address = await addressOf(plan.table.source)
      if (address === null) throw noSource(query, plan)
      return unlessAborted(runPlan(plan, query, { model, address, fetcher }), signal)
    },
  }
}

/** How long a changed connection may still be called at its old address. */
const addressMilliseconds = 1_000

/** A node asks many questions at once, and each would look up the same connection. */
function forAMoment(look: DataServiceOptions['sources']): DataServiceOptions['sources'] {
  const known = new Map<string, { at: number; found: ReturnType<typeof look> }>()
  return (name) => {
    const now = performance.now()
    const kept = known.get(name)
    if (kept && now - kept.at < addressMilliseconds) return kept.found
    const entry = { at: now, found: look(name) }
    known.set(name, entry)
    entry.found.catch(() => known.delete(name))
    return entry.found
  }
}

/** Stops waiting; what was sent goes on, since others may share its answer, and ends by its own time limit. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, aborted])
}

interface Means {
  model: Model
  address: PrometheusAddress
  fetcher: RangeFetcher
}

async function runPlan(plan: QueryPlan, query: DataQuery, means: Means): Promise<DataResult> {
  const { measure, matchers, groupBy, where, expected, grid } = plan
  const { address, fetcher, model } = means
  const { stepSeconds } = query
  const [from, to] = [grid[0]!, grid.at(-1)!]
  // The newest samples tell who reports, so filters that the model cannot relate to the expected entities are left to their labels.
  const unknown = where.filter(({ name }) => expected !== null && !isKnownDimension(model, expected, name))
  const labels = new Set([...groupBy, ...unknown].map(({ label }) => label))
  if (expected) labels.add(expected.label)
  const known = matchers.filter((_, index) => !unknown.includes(where[index]!))
  const [newest, spans] = await Promise.all([
    fetcher.fetch(address, {
      expression: newestSampleExpression(measure, { matchers: known, by: [...labels] }),
      // Somewhat earlier, so that it is known at the first point already when its last sample was.
      from: from - leadPoints(stepSeconds) * stepSeconds * 1000,
      to,
      stepSeconds,
    }),
    spansOf(plan, stepSeconds, means),
  ])
  const by = groupBy.map(({ label }) => label)
  const asked = spans.map((span) => ({
    span,
    expression: measureExpression(measure, { matchers, by, windowSeconds: span.windowSeconds }),
  }))
  const values = await Promise.all(
    asked.map(({ span, expression }) =>
      fetcher.fetch(address, { expression, from: span.from, to: span.to, stepSeconds }),
    ),
  )
  return assembleResult({
    model,
    query,
    plan,
    spans,
    values,
    newest,
    unknown,
    // The newest span's: where older samples are coarser, their rates are taken over a longer window.
    expression: asked.at(-1)!.expression,
  })
}

const leadPoints = (stepSeconds: number) => Math.ceil(countSeconds / stepSeconds)

async function spansOf(
  { measure, grid }: QueryPlan,
  stepSeconds: number,
  { address, fetcher }: Means,
): Promise<WindowSpan[]> {
  if (stepSeconds >= coarseStepSeconds) return coarseSpans(grid, stepSeconds)
  const [first, to] = [grid[0]!, grid.at(-1)!]
  const slots = Math.ceil((to - first) / 1000 / countSeconds)
  const from = to - slots * countSeconds * 1000
  const answer = await fetcher.fetch(address, {
    expression: sampleCountExpression(measure, countSeconds),
    from,
    to,
    stepSeconds: countSeconds,
  })
  const found = new Map(answer.series[0]?.samples)
  const counts = Array.from({ length: slots + 1 }, (_, index): Point => {
    const t = from + index * countSeconds * 1000
    return [t, found.get(t) ?? null]
  })
  return measuredSpans(grid, { counts, stepSeconds, dialect: answer.dialect })
}

function noSource({ measure }: DataQuery, { table }: QueryPlan): DataError {
  return new DataError(
    'unknown-source',
    `"${measure}" is read from "${table.source}", and no connection is named so.`,
    {
      fix: `Add a Prometheus connection named "${table.source}" in Settings, Connections.`,
    },
  )
}
