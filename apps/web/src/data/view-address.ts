/** What is looked at, as it stands in the address: time range, filters, grouping. Pure; what cannot be read is left out. */
import { type TimeRange, usualRange } from './time-range.ts'

export interface ViewAddress {
  range: TimeRange
  /** Dimension -> the values that are kept. */
  where: Record<string, string[]>
  groupBy: string[]
}

const mostFilters = 20
const mostValues = 100
const mostGroups = 5

/** `from=now-6h&to=now&by=zone&f=host:pay-a-1&f=host:pay-a-2` */
export function readAddress(params: Pick<URLSearchParams, 'get' | 'getAll'>): ViewAddress {
  const [from, to] = [params.get('from'), params.get('to')]
  const where: Record<string, string[]> = {}
  for (const filter of params.getAll('f')) {
    const colon = filter.indexOf(':')
    if (colon < 1) continue
    const dimension = filter.slice(0, colon)
    const values = Object.hasOwn(where, dimension) ? where[dimension]! : []
    if (values.length >= mostValues || (values.length === 0 && Object.keys(where).length >= mostFilters)) continue
    Object.defineProperty(where, dimension, {
      value: [...new Set([...values, filter.slice(colon + 1)])],
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return {
    range: from && to ? { from, to } : usualRange,
    where,
    groupBy: [...new Set(params.getAll('by').filter(Boolean))].slice(0, mostGroups),
  }
}

/** The same as a query string, without the leading question mark. */
export function writeAddress({ range, where, groupBy }: ViewAddress): string {
  const params = new URLSearchParams({ from: range.from, to: range.to })
  for (const dimension of groupBy) params.append('by', dimension)
  for (const [dimension, values] of Object.entries(where)) {
    for (const value of values) params.append('f', `${dimension}:${value}`)
  }
  return params.toString()
}

/** One value in or out of a dimension's filter; a filter without values is none. */
export function toggleFilter(where: ViewAddress['where'], dimension: string, value: string): ViewAddress['where'] {
  const before = where[dimension] ?? []
  const values = before.includes(value) ? before.filter((one) => one !== value) : [...before, value]
  const { [dimension]: _replaced, ...rest } = where
  return values.length === 0 ? rest : { ...rest, [dimension]: values }
}

/** What a line of a grouped answer is called: its values, with their dimension where that alone would not tell. */
export function lineName(dimensions: Record<string, string>, fallback: string): string {
  const parts = Object.entries(dimensions)
  if (parts.length === 0) return fallback
  if (parts.length === 1) return parts[0]![1] || `no ${parts[0]![0]}`
  return parts.map(([name, value]) => `${name} ${value || 'none'}`).join(', ')
}
