'use client'
import { useQueries } from '@tanstack/react-query'
import { Zap } from 'lucide-react'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/now.ts'
import { EmptyState } from '../ui/states.tsx'
import { formatTime } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { type FilterName, filterNames, type Filters, filterWord, withFilter } from './ledger-filters.ts'

/** An empty ledger, or filters that leave nothing: then which one to drop, and how many actions that brings. */
export function NothingFound({ filters, drop }: { filters: Filters; drop: (name: FilterName) => void }) {
  const api = useApi()
  const now = useNow()
  const zone = useZone()
  const set = filterNames.filter((name) => filters[name] !== undefined)
  const without = useQueries({
    queries: set.map((name) => api.actions.count.queryOptions(withFilter(filters, name, null))),
  })
  if (set.length === 0)
    return (
      <EmptyState icon={<Zap aria-hidden />} title="The ledger is empty">
        Every write of a runbook is written down here, before it happens.
      </EmptyState>
    )
  const word = (name: FilterName) => filterWord(name, filters, (iso) => formatTime(Date.parse(iso), now, zone))
  const options = set
    .map((name, index) => ({ name, count: without[index]?.data?.count }))
    .toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0))
  const helps = options.some(({ count }) => count === undefined || count > 0)
  return (
    <EmptyState
      icon={<Zap aria-hidden />}
      title="No action fits all of these filters"
      action={options.map(({ name, count }) => (
        <Button key={name} onClick={() => drop(name)}>
          Drop “{word(name)}”
          {count !== undefined && <span className="text-third">{count.toLocaleString('en-GB')}</span>}
        </Button>
      ))}
    >
      {set.length === 1
        ? 'Drop it to see the whole ledger.'
        : helps
          ? 'Drop one; the figure is how many actions are left then.'
          : 'Dropping one of them is not enough: drop several, or clear them all.'}
    </EmptyState>
  )
}
