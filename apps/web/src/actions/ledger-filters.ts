/** Filters of the ledger as the page's address has them, so that they can be shared and the back button works. Pure. */
import * as z from 'zod'
import type { Inputs } from '../ui/api.tsx'
import { actionWord, kinds, kindWord, statuses } from './action-words.ts'

const fields = {
  status: z.enum(statuses),
  kind: z.enum(kinds),
  target: z.string().max(320),
  runbook: z.string().max(200),
  person: z.string().max(500),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
}
export type FilterName = keyof typeof fields
export const filterNames = Object.keys(fields) as FilterName[]
const filtersSchema = z.object(fields).partial()
export type Filters = z.output<typeof filtersSchema> & Pick<Inputs['actions']['ledger'], FilterName>

/** @returns the filters, and what of the address is none: it must not look as if it narrowed something. */
export function filtersOf(params: URLSearchParams): { filters: Filters; unread: string[] } {
  const filters: Record<string, string> = {}
  const unread: string[] = []
  for (const name of filterNames) {
    const value = params.get(name)
    if (!value) continue
    if (fields[name].safeParse(value).success) filters[name] = value
    else unread.push(`${name}=${value}`)
  }
  return { filters: filtersSchema.parse(filters), unread }
}

export function ledgerAddress(filters: Filters): string {
  return `/actions?${new URLSearchParams({ tab: 'ledger', ...filters })}`
}

export function exportAddress(filters: Filters, format: 'csv' | 'json'): string {
  return `/actions/export?${new URLSearchParams({ format, ...filters })}`
}

/** All but one. An empty value takes it away, too. */
export function withFilter(filters: Filters, name: FilterName, value: string | null): Filters {
  const { [name]: _before, ...rest } = filters
  return value ? filtersSchema.parse({ ...rest, [name]: value }) : rest
}

/** @example filterWord('status', { status: 'done' }) // 'state: in effect' */
export function filterWord(name: FilterName, filters: Filters, time: (iso: string) => string): string | null {
  switch (name) {
    case 'status':
      return filters.status ? `state: ${actionWord(filters.status)}` : null
    case 'kind':
      return filters.kind ? `kind: ${kindWord(filters.kind)}` : null
    case 'target':
    case 'runbook':
    case 'person':
      return filters[name] ? `${name}: ${filters[name]}` : null
    case 'from':
    case 'to':
      return filters[name] ? `${name} ${time(filters[name])}` : null
  }
}
