/** Questions to a source of rows, for tests. */
import { table as tableSchema } from '../src/model/model.ts'
import type { SeriesAsk, SharedFetch } from '../src/sources/source.ts'

export const minute = 60_000

export interface AskOptions {
  from: string
  time?: string
  /** Dimension -> field. */
  dimensions?: Record<string, string>
  measure: Record<string, unknown>
  where?: Record<string, string[]>
  groupBy?: string[]
  newestBy?: string[]
  grid: number[]
  stepSeconds?: number
}

/** A question as the planner makes it. */
export function seriesAsk(options: AskOptions): SeriesAsk {
  const { from, time, dimensions = {}, measure, where = {}, groupBy = [], grid, stepSeconds = 60 } = options
  const table = tableSchema.parse({
    entity: 'shop',
    source: 'tested',
    from,
    ...(time === undefined ? {} : { time }),
    dimensions,
    measures: { m: { title: 'tested', unit: 'x', bad: 'both', kind: 'counter', ...measure } },
  })
  const named = (name: string) => ({ name, label: dimensions[name] ?? name })
  const filters = Object.entries(where).map(([name, values]) => ({ ...named(name), values }))
  return {
    table,
    measure: table.measures.m!,
    where: filters,
    groupBy: groupBy.map(named),
    grid,
    stepSeconds,
    newest: { by: (options.newestBy ?? groupBy).map(named), where: filters },
  }
}

/** `count` times, one a minute, that end with `last`. */
export const minutes = (last: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => last - (count - 1 - index) * minute)

/** Nothing is shared: each question is sent. */
export const unshared: SharedFetch = (_, send) => send(new AbortController().signal)

/** What is hostile in a value, wherever it comes from. */
export const hostileValues = [
  `"} or vector(1) #`,
  `' OR '1'='1`,
  String.raw`\"\\`,
  '{{.}}',
  'a\nb\tc',
  '../../_cluster/health?x=1&y=2#z',
  '*',
  '',
  '🙂 ü',
  '__proto__',
]
