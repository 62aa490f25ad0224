'use client'
import Link from 'next/link'
import { BellRing, Link2, type LucideIcon, Server } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { type Column, TableHead } from '../ui/table-head.tsx'
import { chosenRunbooks, type CoverageRow, missingSymptoms, stateLook } from './coverage-words.ts'

const icons: Record<CoverageRow['kind'], LucideIcon> = { chain: Link2, entity: Server, alert: BellRing }

const columns: readonly Column[] = [
  { label: 'what' },
  { label: 'state' },
  { label: 'Diagnose chooses', from: 'lg' },
  { label: 'without a runbook of its own', from: 'md' },
  { label: 'alerts', from: 'sm', right: true },
  { label: 'chains', from: 'sm', right: true },
  { label: 'what to do', from: 'sm' },
]

export function CoverageTable({ rows }: { rows: readonly CoverageRow[] }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-base">
        <TableHead columns={columns} />
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.kind} ${row.id}`} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row }: { row: CoverageRow }) {
  const { kind, id, title, entityKind, owner, alerts, chains, state } = row
  const Icon = icons[kind]
  const look = stateLook(state)
  const missing = missingSymptoms(row)
  const address = addressOf(row)
  return (
    <tr className="border-t border-line" data-testid={`coverage-${kind}-${id}`}>
      <th scope="row" className="px-4 py-2 text-left font-normal">
        <span className="flex items-center gap-2">
          <Icon aria-hidden className="size-4 shrink-0 text-third" />
          <Link href={address} className="min-w-0 font-semibold break-words hover:underline">
            {title}
          </Link>
        </span>
        <span className="block pl-6 text-sm text-third">
          {[entityKind ?? kind, owner && `owner: ${owner}`].filter(Boolean).join(' · ')}
        </span>
        <span className="mt-1 block pl-6 sm:hidden">
          <Todo row={row} />
        </span>
      </th>
      <td className="px-4 py-2">
        <Badge tone={look.tone}>{look.word}</Badge>
      </td>
      <td className="px-4 py-2 max-lg:hidden">
        {chosenRunbooks(row).map((runbook, index) => (
          <span key={runbook.name}>
            {index > 0 && ', '}
            <Link href={`/runbooks/${runbook.name}`} className="text-accent hover:underline">
              {runbook.title}
            </Link>
          </span>
        ))}
      </td>
      <td className="px-4 py-2 text-second max-md:hidden">{missing.length === 0 ? '–' : missing.join(', ')}</td>
      <td className="figures px-4 py-2 text-right max-sm:hidden">{alerts}</td>
      <td className="figures px-4 py-2 text-right max-sm:hidden">{chains}</td>
      <td className="px-4 py-2 max-sm:hidden">
        <Todo row={row} />
      </td>
    </tr>
  )
}

function Todo({ row }: { row: CoverageRow }) {
  const [first] = chosenRunbooks(row)
  if (row.state === 'covered' && first) {
    return (
      <ButtonLink size="small" href={`/runbooks/${first.name}`}>
        Open
      </ButtonLink>
    )
  }
  return (
    <ButtonLink size="small" href="/runbooks?new=template">
      New from template
    </ButtonLink>
  )
}

function addressOf({ kind, id }: CoverageRow): string {
  switch (kind) {
    case 'chain':
      return '/'
    case 'entity':
      return `/data/entities/${encodeURIComponent(id)}`
    case 'alert':
      return `/alerts?${new URLSearchParams({ text: id })}`
  }
}
