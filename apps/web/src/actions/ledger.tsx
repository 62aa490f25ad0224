'use client'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useApi, useApiClient } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { personName } from '../ui/person-name.ts'
import { Shape } from '../ui/shape.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { type Column, TableHead } from '../ui/table-head.tsx'
import { Time } from '../ui/time.tsx'
import { actionTone, actionWord, type LedgerEntry } from './action-words.ts'
import { FilterBar } from './filter-bar.tsx'
import { exportAddress, type FilterName, type Filters, filtersOf, ledgerAddress, withFilter } from './ledger-filters.ts'
import { NothingFound } from './nothing-found.tsx'

const pageSize = 50

/** Every write that was ever planned, newest first. What is shown is in the address. */
export function Ledger() {
  const api = useApi()
  const client = useApiClient()
  const router = useRouter()
  const { filters, unread } = filtersOf(useSearchParams())
  const go = (next: Filters): void => router.push(ledgerAddress(next), { scroll: false })
  const set = (name: FilterName, value: string | null): void => go(withFilter(filters, name, value))
  const count = useQuery(api.actions.count.queryOptions(filters))
  const pages = useInfiniteQuery({
    queryKey: [...api.actions.ledger.pathKey(), 'pages', filters],
    initialPageParam: null as LedgerEntry | null,
    queryFn: ({ pageParam, signal }) =>
      client.actions.ledger.query({ ...filters, limit: pageSize, ...cursorOf(pageParam) }, { signal }),
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)),
  })
  const rows = pages.data?.pages.flat() ?? []
  return (
    <Panel
      className="mt-4"
      title="Ledger"
      aside={
        <>
          {count.data && <span>{countWords(count.data)}</span>}
          {(['csv', 'json'] as const).map((format) => (
            <ButtonLink
              key={format}
              size="small"
              href={exportAddress(filters, format)}
              download
              prefetch={false}
              icon={<Download aria-hidden className="size-3.5" />}
              title={
                count.data?.more
                  ? `A file holds the newest ${count.data.count.toLocaleString('en-GB')}; its last line says so.`
                  : undefined
              }
            >
              {format.toUpperCase()}
            </ButtonLink>
          ))}
        </>
      }
      flush
    >
      <FilterBar filters={filters} set={set} clear={() => go({})} />
      {unread.length > 0 && (
        <p className="border-t border-line px-4 py-2 text-sm text-inconclusive">
          Not a filter, and left out: {unread.join(', ')}.
        </p>
      )}
      {pages.isPending ? (
        <LoadingRows rows={8} label="Loading the ledger" />
      ) : pages.isError ? (
        <ErrorState what="The ledger could not be loaded" error={pages.error} retry={() => void pages.refetch()} />
      ) : rows.length === 0 ? (
        <NothingFound filters={filters} drop={(name) => set(name, null)} />
      ) : (
        <>
          <Table rows={rows} />
          {pages.hasNextPage && (
            <div className="flex justify-center border-t border-line py-3">
              <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                Show older actions
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}

function cursorOf(last: LedgerEntry | null) {
  return last ? { cursor: { createdAt: last.createdAt, id: last.id } } : {}
}

function countWords({ count, more }: { count: number; more: boolean }): string {
  const figure = count.toLocaleString('en-GB')
  return more ? `more than ${figure} actions` : count === 1 ? '1 action' : `${figure} actions`
}

const columns: readonly Column[] = [
  { label: 'action' },
  { label: 'target', from: 'md' },
  { label: 'runbook', from: 'lg' },
  { label: 'asked by', from: 'lg' },
  { label: 'planned' },
]

function Table({ rows }: { rows: LedgerEntry[] }) {
  return (
    <div className="overflow-x-auto border-t border-line">
      <table className="w-full text-base">
        <TableHead columns={columns} />
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-t border-line hover:bg-hover">
              <td className="px-4 py-2">
                <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <Badge tone={actionTone(row.status)}>{actionWord(row.status)}</Badge>
                  <Link href={`/actions/${row.id}`} className="font-semibold text-pretty hover:underline">
                    {row.title}
                  </Link>
                  {row.verified === false && (
                    <span className="text-abnormal" title="not fully verified">
                      <Shape name="triangle" />
                      <span className="sr-only">not fully verified</span>
                    </span>
                  )}
                </div>
              </td>
              <td className="px-4 py-2 break-all text-second max-md:hidden">{row.target}</td>
              <td className="px-4 py-2 text-second max-lg:hidden">{row.runbook ?? '-'}</td>
              <td className="px-4 py-2 text-second max-lg:hidden">{personName(row.requestedBy)}</td>
              <td className="px-4 py-2 text-second">
                <Time at={row.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
