'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { Copy, Ellipsis, PanelsTopLeft, Trash2 } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { runTone, runWord } from '../ui/run-words.ts'
import { useSession } from '../ui/session.ts'
import { Time } from '../ui/time.tsx'
import type { RunbookListing } from './runbook-listing.ts'

export interface RunbookRowProps {
  runbook: RunbookListing
  onCopy: () => void
  onDelete: () => void
}

export function RunbookRow({ runbook, onCopy, onDelete }: RunbookRowProps) {
  const router = useRouter()
  const { lacks } = useSession()
  const { lastRun } = runbook
  return (
    <tr className="border-t border-line hover:bg-hover" data-testid={`runbook-${runbook.name}`}>
      <td className="px-4 py-2.5">
        <div className="flex items-center gap-2">
          <Link href={`/runbooks/${runbook.name}`} className="font-semibold whitespace-nowrap hover:underline">
            {runbook.title}
          </Link>
          {runbook.diagnoses && (
            <span title="Diagnose chooses it for what its `diagnoses` says.">
              <Badge>diagnoses</Badge>
            </span>
          )}
        </div>
        <code className="font-mono text-xs text-third">{runbook.name}</code>
      </td>
      <td className="px-4 py-2.5 whitespace-nowrap">
        {runbook.publishedVersion === null ? (
          <span className="text-third">never published</span>
        ) : (
          <span className="figures">v{runbook.publishedVersion}</span>
        )}
      </td>
      <td className="px-4 py-2.5 whitespace-nowrap text-second">
        saved <Time at={runbook.savedAt} show="relative" />
        {runbook.draftDiffers && runbook.publishedVersion !== null && (
          <span className="text-sm text-third" title="Publishing it would change what runs.">
            {' '}
            · draft differs
          </span>
        )}
      </td>
      <td className="px-4 py-2.5 whitespace-nowrap">
        <ScheduleCell runbook={runbook} />
      </td>
      <td className="max-w-[44ch] px-4 py-2.5">
        {lastRun ? (
          <Link href={`/runs/${lastRun.id}`} className="flex min-w-0 items-center gap-2 hover:underline">
            <Badge tone={runTone(lastRun)}>{runWord(lastRun)}</Badge>
            <span className="truncate text-second">{lastRun.conclusion ?? ''}</span>
            <span className="ml-auto shrink-0 text-sm text-third">
              <Time at={lastRun.startedAt} show="relative" />
            </span>
          </Link>
        ) : (
          <span className="text-third">has not run</span>
        )}
      </td>
      <td className="w-10 pr-3 text-right">
        <Menu
          trigger={
            <IconButton size="small" variant="ghost" label={`More for ${runbook.title}`}>
              <Ellipsis aria-hidden className="size-4" />
            </IconButton>
          }
          items={[
            {
              label: 'Open',
              icon: <PanelsTopLeft aria-hidden className="size-3.5" />,
              onSelect: () => router.push(`/runbooks/${runbook.name}`),
            },
            {
              label: 'Copy…',
              icon: <Copy aria-hidden className="size-3.5" />,
              disabled: lacks('editor') !== null,
              onSelect: onCopy,
            },
            {
              label: lacks('admin') === null ? 'Delete…' : 'Delete (admins only)',
              icon: <Trash2 aria-hidden className="size-3.5" />,
              danger: true,
              disabled: lacks('admin') !== null,
              onSelect: onDelete,
            },
          ]}
        />
      </td>
    </tr>
  )
}

/** When it runs by itself. Pausing is where all triggers are. */
function ScheduleCell({ runbook }: { runbook: RunbookListing }) {
  const [first, ...others] = runbook.schedules.toSorted((a, b) => (a.next ?? '9').localeCompare(b.next ?? '9'))
  if (!first) return <span className="text-third">none</span>
  return (
    <Link href={`/triggers?runbook=${runbook.name}`} className="flex items-center gap-2 hover:underline">
      {first.paused ? (
        <span title={first.pausedReason ?? undefined}>
          <Badge>paused</Badge>
        </span>
      ) : first.next ? (
        <span>
          next <Time at={first.next} />
        </span>
      ) : (
        <span className="text-third">no more firings</span>
      )}
      {others.length > 0 && <span className="text-sm text-third">and {others.length} more</span>}
    </Link>
  )
}
