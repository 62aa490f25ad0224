'use client'
/** A group of alerts in one or two lines, for panels of other pages. */
import { Badge } from '../ui/badge.tsx'
import { plural } from '../ui/figures.ts'
import { Time } from '../ui/time.tsx'
import { GroupTitle } from './group-title.tsx'
import { type AlertGroup, lookOf, reasonOf } from './verdict-words.ts'

export function GroupLine({ group }: { group: AlertGroup }) {
  const look = lookOf(group.verdict)
  const alert = group.alerts[0]
  const reason = reasonOf(group)
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2">
      <span className="sm:w-28">
        <Badge tone={look.tone} shape>
          {look.word}
        </Badge>
      </span>
      <div className="min-w-0 flex-1 basis-64">
        <p className="truncate font-semibold">
          <GroupTitle title={group.title} alert={alert} />
        </p>
        {reason && <p className="line-clamp-2 text-sm text-second">{reason}</p>}
      </div>
      <span className="text-sm whitespace-nowrap text-third">
        {plural(group.count, 'alert')} · since <Time at={group.firstSeen} />
      </span>
    </li>
  )
}
