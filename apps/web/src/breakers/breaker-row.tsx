'use client'
import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { Confirm } from '../settings/confirm.tsx'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { personName } from '../ui/person-name.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Countdown, Time } from '../ui/time.tsx'
import { BoundRows } from './bound-rows.tsx'
import { type Breaker, onBreachWords, pushedOf, type Reading, readingOf, stateTones } from './breaker-words.ts'

/** One breaker: what it watches and reads, or what tripped it and what was done. */
export function BreakerRow({ breaker, readings }: { breaker: Breaker; readings: readonly Reading[] }) {
  const { name, state, bounds, by, startedAt, endsAt } = breaker
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={stateTones[state]}>{state}</Badge>
          <b className="font-semibold break-words">{name}</b>
        </p>
        {state === 'tripped' && <Tripped breaker={breaker} />}
        <BoundRows
          lines={bounds.map((bound) => {
            const reading = readingOf(readings, bound)
            const pushed = bound.source === 'pushed'
            const value = pushed ? pushedOf(breaker, bound) : (reading?.value ?? null)
            return { bound, unit: reading?.unit ?? '', value: state === 'watching' ? value : undefined, pushed }
          })}
        />
        <p className="mt-1 text-sm text-third">
          {state === 'watching' && <>On a breach {onBreachWords(breaker.onBreach)} · </>}
          {personName(by)}, <Time at={startedAt} />
          {state === 'ended' && (
            <>
              {' '}
              to <Time at={endsAt} />
            </>
          )}
        </p>
      </div>
      {state === 'watching' && (
        <div className="flex items-center gap-3">
          <span className="text-second">
            ends in <Countdown until={endsAt} />
          </span>
          <EndBreaker breaker={breaker} />
        </div>
      )}
    </li>
  )
}

function Tripped({ breaker: { trippedAt, detail, result, settledAt, onBreach } }: { breaker: Breaker }) {
  return (
    <div className="mt-1 break-words">
      <p>
        {detail ?? 'A bound was broken'}
        {trippedAt && (
          <span className="text-third">
            {', '}
            <Time at={trippedAt} />
          </span>
        )}
      </p>
      <p className="text-second">
        {result?.replace(/\.$/, '') ?? `Being done: ${onBreachWords(onBreach)}`}
        {settledAt && (
          <span className="text-third">
            {', '}
            <Time at={settledAt} />
          </span>
        )}
      </p>
    </div>
  )
}

function EndBreaker({ breaker: { id, name } }: { breaker: Pick<Breaker, 'id' | 'name'> }) {
  const api = useApi()
  const client = useQueryClient()
  const { lacks } = useSession()
  const [asking, setAsking] = useState(false)
  const end = useMutation(
    api.breakers.end.mutationOptions({
      onSuccess: () => toast.success(`${name} is ended`),
      onError: reportProblem('The breaker was not ended'),
      onSettled: async () => {
        setAsking(false)
        await client.invalidateQueries({ queryKey: api.breakers.pathKey() })
      },
    }),
  )
  return (
    <>
      <Button size="small" disabledReason={lacks('operator')} onClick={() => setAsking(true)}>
        End
        <span className="sr-only"> {name}</span>
      </Button>
      <Confirm
        open={asking}
        title={`End ${name}?`}
        text="Nothing watches these bounds any more. Whoever still drives load must stop."
        verb="End breaker"
        busy={end.isPending}
        close={() => setAsking(false)}
        confirm={() => end.mutate({ id })}
      />
    </>
  )
}
