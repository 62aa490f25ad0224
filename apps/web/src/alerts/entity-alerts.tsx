'use client'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { filterAddress } from './alert-filter.ts'
import { GroupTitle } from './group-title.tsx'
import { lookOf, reasonOf } from './verdict-words.ts'

const shown = 6

/** The alerts of one entity, newest first, those that ended too. */
export function EntityAlerts({ entity }: { entity: string }) {
  const api = useApi()
  const list = useQuery(api.alerts.list.queryOptions({ entity, limit: shown }))
  return (
    <Panel
      title="Alerts"
      aside={
        <Link href={filterAddress({ state: 'all', entity })} className="hover:text-ink">
          all
        </Link>
      }
      flush
    >
      {list.isPending ? (
        <LoadingRows rows={2} label="Loading its alerts" />
      ) : list.isError ? (
        <ErrorState what="Its alerts could not be loaded" error={list.error} retry={() => void list.refetch()} />
      ) : list.data.groups.length === 0 ? (
        <p className="border-t border-line px-4 py-3 text-second">None came with its name.</p>
      ) : (
        <Rows>
          {list.data.groups.map((group) => {
            const look = lookOf(group.verdict)
            const alert = group.alerts.find((one) => one.entity === entity) ?? group.alerts[0]
            return (
              <li key={group.key} className="px-4 py-2">
                <p className="flex items-center gap-2">
                  <Badge tone={look.tone} shape>
                    {look.word}
                  </Badge>
                  <span className="ml-auto text-sm text-third">
                    {group.open ? 'fires, ' : 'ended, '}
                    <Time at={group.lastSeen} show="relative" />
                  </span>
                </p>
                <p className="mt-1 font-semibold break-words">
                  <GroupTitle title={group.title} alert={alert} />
                </p>
                <p className="text-sm text-second text-pretty">{reasonOf(group)}</p>
              </li>
            )
          })}
        </Rows>
      )}
    </Panel>
  )
}
