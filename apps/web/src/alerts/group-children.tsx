'use client'
/** The alerts of a group: whatever its verdict, each can be reached. */
import Link from 'next/link'
import { Badge } from '../ui/badge.tsx'
import { plural } from '../ui/figures.ts'
import { Elapsed, Time } from '../ui/time.tsx'
import { type AlertGroup, lookOf } from './verdict-words.ts'

export function GroupChildren({ group }: { group: AlertGroup }) {
  const hidden = group.count - group.alerts.length
  return (
    <div className="mt-2 overflow-x-auto rounded-lg border border-line bg-sunken">
      <ul aria-label={`Alerts of ${group.title}`} className="*:border-line [&>*+*]:border-t">
        {group.alerts.map((alert) => {
          const look = lookOf(alert.verdict)
          return (
            <li key={alert.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3 py-1.5">
              <Badge tone={look.tone} shape>
                {look.word}
              </Badge>
              <Link href={`/alerts/${encodeURIComponent(alert.id)}`} className="font-semibold hover:underline">
                {alert.name}
              </Link>
              <span className="min-w-0 flex-1 basis-48 text-second">
                {alert.annotations['summary'] ?? labelText(alert.labels)}
              </span>
              <span className="text-sm text-third">
                {alert.severity} · <Time at={alert.startsAt} /> · {alert.endsAt === null ? 'fires for ' : 'fired for '}
                <Elapsed from={alert.startsAt} to={alert.endsAt} />
              </span>
            </li>
          )
        })}
      </ul>
      {hidden > 0 && (
        <p className="border-t border-line px-3 py-1.5 text-sm text-third">
          The newest {group.alerts.length}; {plural(hidden, 'older one')} of this group are kept too.
        </p>
      )}
    </div>
  )
}

/** `a=1, b=2`, without its name and severity. */
function labelText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}
