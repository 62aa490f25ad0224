'use client'
import { type ReactNode, useState } from 'react'
import Link from 'next/link'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ArrowDownToLine } from 'lucide-react'
import { useApi, useApiClient } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { dispositionLooks, dispositions } from './disposition-look.ts'
import { InboundDialog } from './inbound-dialog.tsx'
import type { Disposition, InboundRow } from './trigger-row.ts'

const pageSize = 50

/** Every event that came in, and what became of it and why. */
export function Inbound() {
  const api = useApi()
  const client = useApiClient()
  const [runbook, setRunbook] = useState('any')
  const [disposition, setDisposition] = useState<Disposition | 'any'>('any')
  const [open, setOpen] = useState<string | null>(null)
  const runbooks = useQuery(api.runbooks.list.queryOptions())
  const filter = {
    ...(runbook === 'any' ? {} : { runbook }),
    ...(disposition === 'any' ? {} : { disposition }),
    limit: pageSize,
  }
  const events = useInfiniteQuery({
    queryKey: [...api.triggers.inbound.pathKey(), 'pages', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      client.triggers.inbound.query({ ...filter, ...(pageParam ? { before: pageParam } : {}) }, { signal }),
    getNextPageParam: (page) => {
      const last = page.at(-1)
      return page.length < pageSize || !last ? undefined : `${last.receivedAt}_${last.id}`
    },
    refetchInterval: 15_000,
  })
  const rows = events.data?.pages.flat() ?? []
  const filtered = runbook !== 'any' || disposition !== 'any'
  return (
    <Panel
      className="mt-4"
      title="Inbound"
      aside={
        <>
          <Select
            aria-label="Runbook"
            className="w-44"
            value={runbook}
            onChange={setRunbook}
            options={[
              { value: 'any', label: 'All runbooks' },
              ...(runbooks.data ?? []).map((one) => ({ value: one.name, label: one.title })),
            ]}
          />
          <Select<Disposition | 'any'>
            aria-label="What became of it"
            className="w-40"
            value={disposition}
            onChange={setDisposition}
            options={[
              { value: 'any', label: 'All' },
              ...dispositions.map((value) => ({
                value,
                label: dispositionLooks[value].word,
                note: dispositionLooks[value].meaning,
              })),
            ]}
          />
        </>
      }
      flush
    >
      {events.isPending ? (
        <LoadingRows rows={8} label="Loading inbound events" />
      ) : events.isError ? (
        <ErrorState
          what="The inbound events could not be loaded"
          error={events.error}
          retry={() => void events.refetch()}
        />
      ) : rows.length === 0 ? (
        <EmptyState icon={<ArrowDownToLine aria-hidden />} title={filtered ? 'No such event' : 'Nothing came in yet'}>
          {filtered
            ? 'Choose another runbook, or all dispositions.'
            : 'Webhooks, events and firings of schedules are listed here, also those that started nothing, with the reason.'}
        </EmptyState>
      ) : (
        <Events rows={rows} open={setOpen}>
          {events.hasNextPage && (
            <div className="flex justify-center border-t border-line py-3">
              <Button busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                Show older events
              </Button>
            </div>
          )}
        </Events>
      )}
      {open !== null && <InboundDialog id={open} close={() => setOpen(null)} />}
    </Panel>
  )
}

function Events({ rows, open, children }: { rows: InboundRow[]; open: (id: string) => void; children: ReactNode }) {
  return (
    <div className="mt-1 overflow-x-auto border-t border-line">
      <table className="w-full text-base">
        <thead>
          <tr className="text-left text-sm text-third">
            <th scope="col" className="px-4 py-1.5 font-normal">
              became
            </th>
            <th scope="col" className="px-4 py-1.5 font-normal">
              came through
            </th>
            <th scope="col" className="px-4 py-1.5 font-normal max-md:hidden">
              why
            </th>
            <th scope="col" className="px-4 py-1.5 font-normal">
              at
            </th>
            <th scope="col" className="px-4 py-1.5">
              <span className="sr-only">more</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-t border-line hover:bg-hover" data-testid={`inbound-${row.disposition}`}>
              <td className="px-4 py-2">
                <Badge tone={dispositionLooks[row.disposition].tone}>{dispositionLooks[row.disposition].word}</Badge>
              </td>
              <td className="max-w-[36ch] px-4 py-2">
                <span className="block truncate font-mono text-sm">{row.source}</span>
                <span className="text-sm text-third">{row.kind}</span>
              </td>
              <td className="max-w-[70ch] px-4 py-2 text-second max-md:hidden">
                <span className="line-clamp-2 break-words">{row.reason}</span>
              </td>
              <td className="px-4 py-2 whitespace-nowrap text-second">
                <Time at={row.receivedAt} />
              </td>
              <td className="px-4 py-2 text-right whitespace-nowrap">
                {row.runId && (
                  <Link href={`/runs/${row.runId}`} className="mr-3 text-accent hover:underline">
                    Run
                  </Link>
                )}
                <Button size="small" onClick={() => open(row.id)}>
                  Look
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </div>
  )
}
