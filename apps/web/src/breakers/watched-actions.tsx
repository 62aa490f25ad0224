'use client'
import Link from 'next/link'
import { Badge } from '../ui/badge.tsx'
import { Rows } from '../ui/panel.tsx'
import { Countdown, Elapsed } from '../ui/time.tsx'
import { BoundRows } from './bound-rows.tsx'
import { type Reading, readingOf, type WatchedAction } from './breaker-words.ts'

/** Actions in effect that are put back when a measure breaks its bound. */
export function WatchedActions({ actions, readings }: { actions: WatchedAction[]; readings: readonly Reading[] }) {
  if (actions.length === 0)
    return (
      <p className="px-4 pb-4 text-second">
        None has bounds. A step with <code className="font-mono">harm</code> stands here while it is in effect, with
        what its measures read.
      </p>
    )
  return (
    <Rows>
      {actions.map((action) => (
        <li key={action.id} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-3">
          <div className="min-w-0 flex-1 basis-72">
            <p className="flex flex-wrap items-center gap-2">
              {action.broken !== null && <Badge tone="abnormal">broke a bound</Badge>}
              <Link href={`/actions/${action.id}`} className="font-semibold text-pretty hover:underline">
                {action.title}
              </Link>
            </p>
            {action.broken !== null && (
              <p className="break-words text-second">
                {action.broken}. It is being put back, unless writes are stopped: then press Revert on its page.
              </p>
            )}
            <BoundRows
              lines={action.bounds.map((bound) => {
                const reading = readingOf(readings, bound)
                return { bound, unit: reading?.unit ?? '', value: reading?.value ?? null, pushed: false }
              })}
            />
          </div>
          <p className="text-sm text-third sm:text-right">
            watched for <Elapsed from={action.since} />
            {action.leaseUntil && (
              <>
                <br />
                lease ends in <Countdown until={action.leaseUntil} />
              </>
            )}
          </p>
        </li>
      ))}
    </Rows>
  )
}
