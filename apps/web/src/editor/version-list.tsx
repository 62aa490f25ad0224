'use client'
import { ChevronDown } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { Rows } from '../ui/panel.tsx'
import { Time } from '../ui/time.tsx'
import type { RunbookDetail } from './runbook-detail.ts'
import type { Move } from './version-move.ts'

export interface VersionListProps {
  runbook: RunbookDetail
  readOnlyReason: string | null
  compare: (version: number) => void
  makeLive: (move: Move) => void
}

/** Newest first: who published it, when and why, and where it is live. */
export function VersionList({ runbook, readOnlyReason, compare, makeLive }: VersionListProps) {
  return (
    <Rows className="border-t-0">
      {runbook.versions.map((version) => {
        const live = runbook.pointers.filter((pointer) => pointer.version === version.number)
        const elsewhere = runbook.environments.filter((name) => !live.some(({ environment }) => environment === name))
        return (
          <li
            key={version.number}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2"
            data-testid={`version-${version.number}`}
          >
            <b className="figures w-10 font-semibold">v{version.number}</b>
            <div className="min-w-48 flex-1">
              {version.note && <p className="break-words">{version.note}</p>}
              <p className="text-sm text-second">
                {version.publishedBy} · <Time at={version.publishedAt} /> ·{' '}
                <code className="font-mono text-xs" title="Equal for versions that run the same">
                  {version.planHash.slice(7, 15)}
                </code>
              </p>
            </div>
            {live.map(({ environment, movedBy, movedAt }) => (
              <span key={environment} title={`Live since ${new Date(movedAt).toLocaleString()}, by ${movedBy}`}>
                <Badge tone="normal">live in {environment}</Badge>
              </span>
            ))}
            <Button size="small" onClick={() => compare(version.number)}>
              Compare
            </Button>
            {elsewhere.length === 0 ? null : readOnlyReason ? (
              <Button size="small" disabledReason={readOnlyReason}>
                Make live
              </Button>
            ) : (
              <Menu
                trigger={
                  <Button size="small">
                    Make live <ChevronDown aria-hidden className="size-3.5" />
                  </Button>
                }
                items={elsewhere.map((environment) => ({
                  label: `In ${environment}…`,
                  onSelect: () => makeLive({ version: version.number, environment }),
                }))}
              />
            )}
          </li>
        )
      })}
    </Rows>
  )
}
