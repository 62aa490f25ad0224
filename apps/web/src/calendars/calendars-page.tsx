'use client'
import { useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { CalendarOff } from 'lucide-react'
import { toast } from 'sonner'
import { Confirm } from '../settings/confirm.tsx'
import { useApi } from '../ui/api.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Rows } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'
import { Shell } from '../ui/shell.tsx'
import { EmptyState, ErrorState, LoadingRows } from '../ui/states.tsx'
import { AskException } from './ask-exception.tsx'
import { CalendarForm } from './calendar-form.tsx'
import { appliesWords, closedWords, type Calendar } from './closed-words.ts'
import { Exceptions } from './exceptions.tsx'

/** When nothing outside is changed, and the exceptions that two people agree on. */
export function CalendarsPage() {
  const api = useApi()
  const all = useQuery(api.calendars.list.queryOptions(undefined, { refetchInterval: 30_000 }))
  const reload = (): void => void all.refetch()
  return (
    <Shell crumbs={[{ title: 'Actions', href: '/actions' }, { title: 'Calendars' }]} width="narrow">
      <div className="space-y-4">
        <p className="text-second text-pretty">
          While a calendar is closed, no action that it applies to begins. What is in effect still reverts.
        </p>
        <Panel title="Calendars" flush>
          {all.isPending ? (
            <LoadingRows rows={3} label="Loading calendars" />
          ) : all.isError ? (
            <ErrorState what="The calendars could not be loaded" error={all.error} retry={reload} />
          ) : all.data.calendars.length === 0 ? (
            <EmptyState icon={<CalendarOff aria-hidden />} title="No calendar">
              Actions may begin at any time. Add one for nights, sales or the end of a month.
            </EmptyState>
          ) : (
            <Rows className="border-t-0">
              {all.data.calendars.map((calendar) => (
                <CalendarRow key={calendar.name} calendar={calendar} reload={reload} />
              ))}
            </Rows>
          )}
        </Panel>
        {all.data && all.data.exceptions.length > 0 && <Exceptions rows={all.data.exceptions} reload={reload} />}
        <CalendarForm names={all.data?.calendars.map(({ name }) => name) ?? []} reload={reload} />
      </div>
    </Shell>
  )
}

function CalendarRow({ calendar, reload }: { calendar: Calendar; reload: () => void }) {
  const api = useApi()
  const { lacks } = useSession()
  const [asking, setAsking] = useState(false)
  const [removing, setRemoving] = useState(false)
  const remove = useMutation(
    api.calendars.remove.mutationOptions({
      onSuccess: () => toast.success(`${calendar.name} is removed`),
      onError: reportProblem('The calendar was not removed'),
      onSettled: () => {
        setRemoving(false)
        reload()
      },
    }),
  )
  const frozen = calendar.closedNow && !calendar.lifted
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-semibold">{calendar.name}</span>
          {frozen ? (
            <Badge tone="abnormal">closed now</Badge>
          ) : calendar.lifted && calendar.closedNow ? (
            <Badge tone="waiting">closed, exception holds</Badge>
          ) : (
            <Badge tone="normal">open now</Badge>
          )}
        </p>
        <p className="text-pretty">{calendar.reason}</p>
        <p className="text-sm text-second">
          {calendar.closed.map(closedWords).join('; ')} ({calendar.timeZone})
        </p>
        <p className="text-sm text-third [overflow-wrap:anywhere]">for {appliesWords(calendar.appliesTo)}</p>
      </div>
      <div className="flex gap-2">
        {calendar.closedNow && (
          <Button disabledReason={lacks('operator')} onClick={() => setAsking(true)}>
            Ask for an exception
          </Button>
        )}
        <Button
          variant="ghost"
          disabledReason={lacks('admin') ?? (frozen ? 'It is closed now: one person alone may not open it.' : null)}
          onClick={() => setRemoving(true)}
        >
          Remove
        </Button>
      </div>
      {asking && <AskException calendar={calendar.name} close={() => setAsking(false)} reload={reload} />}
      <Confirm
        open={removing}
        title={`Remove ${calendar.name}?`}
        text="Actions may then begin at the times that it closed."
        verb="Remove"
        busy={remove.isPending}
        close={() => setRemoving(false)}
        confirm={() => remove.mutate({ name: calendar.name })}
      />
    </li>
  )
}
