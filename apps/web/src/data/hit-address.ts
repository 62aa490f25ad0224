/** Where something found in the catalogue is looked at. Pure. */
import { usualRange } from './time-range.ts'
import { writeAddress } from './view-address.ts'

export interface FoundThing {
  kind: 'measure' | 'entity' | 'table' | 'chain'
  ref: string
  /** A filter that the search named. */
  where?: Record<string, string> | undefined
}

export function hitAddress({ kind, ref, where = {} }: FoundThing): string {
  switch (kind) {
    case 'measure':
      return serviceAddress(ref, where)
    case 'entity':
      return `/data/entities/${encodeURIComponent(ref)}`
    case 'table':
      return `/data?${new URLSearchParams({ q: ref, kind: 'measure' })}`
    case 'chain':
      // Chains are judged where the day begins.
      return '/'
  }
}

export function serviceAddress(ref: string, where: Record<string, string> = {}): string {
  const path = `/data/services/${encodeURIComponent(ref)}`
  const filters = Object.fromEntries(Object.entries(where).map(([dimension, value]) => [dimension, [value]]))
  if (Object.keys(filters).length === 0) return path
  return `${path}?${writeAddress({ range: usualRange, where: filters, groupBy: [] })}`
}
