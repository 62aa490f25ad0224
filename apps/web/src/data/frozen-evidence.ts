/** A frozen measure as the lines of a chart. Pure. */
import type { EvidenceQuery } from '@tenon/runbook'
import type { Outputs } from '../ui/api.tsx'
import type { SeriesEvidence } from '../ui/evidence/chart-data.ts'
import { lineName } from './view-address.ts'

/** As a view keeps it. */
export interface FrozenLines {
  measure: string
  title: string
  unit: string
  where: Record<string, string | string[]>
  series: readonly { dimensions: Record<string, string>; points: [number, number | null][] }[]
}

export function frozenEvidence({ measure, title, unit, series }: FrozenLines): SeriesEvidence {
  return {
    kind: 'series',
    id: measure,
    title,
    unit,
    series: series.map(({ dimensions, points }) => ({ name: lineName(dimensions, title), points })),
  }
}

/** "zone A, host pay-a-1 or pay-a-2"; empty without a filter. */
export function whereWords(where: FrozenLines['where']): string {
  return Object.entries(where)
    .map(([dimension, value]) => `${dimension} ${Array.isArray(value) ? value.join(' or ') : value}`)
    .join(', ')
}

type FrozenQuery = Outputs['views']['get']['series'][number]['query']

/** Every query of a frozen measure; a derived one is given by those of its inputs, each once, after its formula. */
export function frozenQueries(
  query: FrozenQuery,
  view: Pick<EvidenceQuery, 'from' | 'to' | 'stepSeconds'>,
): EvidenceQuery[] {
  const { from, to, stepSeconds } = view
  const all = flatten(query).map(([source, expression]) => ({ source, expression, from, to, stepSeconds }))
  return [...new Map(all.map((one) => [`${one.source} ${one.expression}`, one])).values()]
}

function flatten(query: FrozenQuery): [source: string, expression: string][] {
  if (query.kind === 'source') return [[query.source, query.expression]]
  return [['computed here', query.formula], ...Object.values(query.inputs).flatMap(flatten)]
}

/**
 * What a frozen view of these lines asks for: the measure as it is grouped when all its lines are wanted, else one question a line, so that
 * exactly the chosen ones are in it.
 */
export function frozenAsk(
  shown: { lines: readonly { dimensions: Record<string, string> }[]; total: number },
  { measure, where, groupBy }: { measure: string; where: Record<string, string[]>; groupBy: readonly string[] },
): { measure: string; where: Record<string, string[]>; groupBy?: string[] }[] {
  if (groupBy.length === 0) return [{ measure, where }]
  if (shown.lines.length === shown.total) return [{ measure, where, groupBy: [...groupBy] }]
  const [only] = groupBy
  if (groupBy.length === 1 && only !== undefined) {
    const values = shown.lines.map(({ dimensions }) => dimensions[only] ?? '')
    return [{ measure, where: { ...where, [only]: values }, groupBy: [only] }]
  }
  return shown.lines.map(({ dimensions }) => ({
    measure,
    where: { ...where, ...Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, [value]])) },
    groupBy: [...groupBy],
  }))
}
