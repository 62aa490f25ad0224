/** The right answer, computed from the facts alone, one row at a time: no source and nothing of the product's own arithmetic is in it. */
import { parseSelector, type Matcher } from '../../src/model/selector.ts'
import type { Dataset } from './dataset.ts'
import type { ConformanceMeasure, Part } from './measures.ts'

export interface Question {
  measure: ConformanceMeasure
  where: Record<string, string[]>
  groupBy: string[]
  grid: number[]
  stepSeconds: number
}

/** By the dimensions' values; a missing value is null. */
export interface ExpectedSeries {
  dimensions: Record<string, string>
  values: (number | null)[]
}

type Row = Record<string, string | number> & { time: number }

export function expectedSeries(
  dataset: Dataset,
  { measure, where, groupBy, grid, stepSeconds }: Question,
): ExpectedSeries[] {
  const rows: Row[] = dataset[measure.relation].map((row) => ({ ...row }))
  // What a selector demands of a dimension that is grouped by, it demands of the groups.
  const ofGroups = matchersOf(reportingPart(measure)).filter(({ label }) => groupBy.includes(label))
  const asked = rows.filter(
    (row) =>
      Object.entries(where).every(([name, values]) => values.includes(String(row[name]))) && meets(row, ofGroups),
  )
  const groups = Map.groupBy(asked, (row) => JSON.stringify(groupBy.map((name) => row[name])))
  if (groupBy.length === 0 && groups.size === 0) groups.set('[]', [])
  const windowed = [...groups].map(([key, own]): ExpectedSeries => {
    const values: unknown = JSON.parse(key)
    const dimensions = Object.fromEntries(
      groupBy.map((name, index) => [name, String(Array.isArray(values) ? values[index] : '')]),
    )
    const byWindow = Map.groupBy(own, ({ time }) => Math.ceil((time - grid[0]!) / (stepSeconds * 1000)))
    return {
      dimensions,
      values: grid.map((_, index) => valueOf(measure, byWindow.get(index) ?? [], stepSeconds / 60)),
    }
  })
  return windowed.filter(({ values }) => groupBy.length === 0 || values.some((value) => value !== null))
}

function valueOf(measure: ConformanceMeasure, rows: Row[], minutes: number): number | null {
  if (rows.length === 0) return null
  switch (measure.kind) {
    case 'counter':
      return counted(rows, measure.select) / minutes
    case 'gauge':
      return level(rows, measure.select, measure.aggregate)
    case 'ratio': {
      const take = (part: Part) =>
        measure.operands === 'counter' ? counted(rows, part) : level(rows, part, measure.aggregate)
      const [of, per] = [take(measure.of), take(measure.per)]
      return of === null || per === null || per === 0 ? null : of / per
    }
    case 'histogram': {
      const values = rows
        .filter((row) => isMatched(row, measure.select))
        .map((row) => Number(row[measure.select.column]))
      if (values.length === 0) return null
      values.sort((a, b) => a - b)
      const rank = (values.length - 1) * measure.quantile
      const [low, high] = [values[Math.floor(rank)]!, values[Math.ceil(rank)]!]
      return low + (high - low) * (rank - Math.floor(rank))
    }
  }
}

function counted(rows: Row[], part: Part): number {
  const own = rows.filter((row) => isMatched(row, part))
  return part.column === '*' ? own.length : own.reduce((sum, row) => sum + Number(row[part.column]), 0)
}

function level(rows: Row[], part: Part, aggregate: 'sum' | 'avg' | 'max' | 'min'): number | null {
  const own = rows.filter((row) => isMatched(row, part))
  const series = [...Map.groupBy(own, (row) => JSON.stringify([row.pool, row.host, row.zone])).values()]
  const levels = series.map((readings) => {
    const values = readings.map((row) => Number(row[part.column]))
    if (aggregate === 'max') return Math.max(...values)
    return aggregate === 'min' ? Math.min(...values) : mean(values)
  })
  if (levels.length === 0) return null
  switch (aggregate) {
    case 'sum':
      return levels.reduce((sum, value) => sum + value, 0)
    case 'avg':
      return mean(levels)
    case 'max':
      return Math.max(...levels)
    case 'min':
      return Math.min(...levels)
  }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function reportingPart(measure: ConformanceMeasure): Part {
  return measure.kind === 'ratio' ? measure.per : measure.select
}

const parsed = new Map<string, Matcher[]>()

function matchersOf({ matchers }: Part): Matcher[] {
  let known = parsed.get(matchers)
  if (!known) parsed.set(matchers, (known = parseSelector(`x${matchers}`)?.matchers ?? []))
  return known
}

const isMatched = (row: Row, part: Part) => meets(row, matchersOf(part))

function meets(row: Row, matchers: Matcher[]): boolean {
  return matchers.every(({ label, op, value }) => {
    const own = String(row[label])
    switch (op) {
      case '=':
        return own === value
      case '!=':
        return own !== value
      case '=~':
        return new RegExp(`^(?:${value})$`, 'su').test(own)
      case '!~':
        return !new RegExp(`^(?:${value})$`, 'su').test(own)
    }
  })
}

/** For a source that smooths: whether something began or ended at once in the window of `t`, or just before it. */
export function isNearEdge(
  { edges }: Dataset,
  t: number,
  { stepSeconds, slack }: { stepSeconds: number; slack: number },
): boolean {
  return edges.some((edge) => edge >= t - (stepSeconds + slack) * 1000 && edge <= t + slack * 1000)
}
