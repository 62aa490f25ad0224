'use client'
import Link from 'next/link'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { useNow } from '../ui/now.ts'
import { Time } from '../ui/time.tsx'
import { type Column, TableHead } from '../ui/table-head.tsx'
import { type RunbookState, staleReasons, todoOf } from './coverage-words.ts'

const columns: readonly Column[] = [
  { label: 'runbook' },
  { label: 'what is the matter' },
  { label: 'tests', from: 'md' },
  { label: 'saved', from: 'md' },
  { label: 'last run', from: 'sm' },
  { label: 'what to do', from: 'sm' },
]

export function RunbookTable({ runbooks }: { runbooks: readonly RunbookState[] }) {
  const now = useNow()
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-base">
        <TableHead columns={columns} />
        <tbody>
          {runbooks.map((runbook) => {
            const reasons = staleReasons(runbook, now)
            const { name, title, tests, savedAt, lastRun } = runbook
            return (
              <tr key={name} className="border-t border-line" data-testid={`stale-${name}`}>
                <th scope="row" className="px-4 py-2 text-left font-semibold">
                  <Link href={`/runbooks/${name}`} className="hover:underline">
                    {title}
                  </Link>
                </th>
                <td className="max-w-[56ch] px-4 py-2">
                  {reasons.length === 0 ? (
                    <Badge tone="normal">well</Badge>
                  ) : (
                    <ul className="text-second">
                      {reasons.map((reason) => (
                        <li key={reason}>{reason}</li>
                      ))}
                    </ul>
                  )}
                </td>
                <td className="figures px-4 py-2 whitespace-nowrap max-md:hidden">
                  {tests.total === 0 ? (
                    <span className="text-third">none</span>
                  ) : (
                    `${tests.total - tests.failing.length} of ${tests.total} pass`
                  )}
                </td>
                <td className="px-4 py-2 max-md:hidden">
                  <Time at={savedAt} show="relative" />
                </td>
                <td className="px-4 py-2 max-sm:hidden">
                  {lastRun ? (
                    <Link href={`/runs/${lastRun.id}`} className="hover:underline">
                      <Time at={lastRun.at} show="relative" />
                    </Link>
                  ) : (
                    <span className="text-third">never</span>
                  )}
                </td>
                <td className="px-4 py-2 max-sm:hidden">
                  <ButtonLink size="small" href={`/runbooks/${name}`}>
                    {todoOf(runbook)}
                  </ButtonLink>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
