'use client'
import { type FormEvent, useId, useState } from 'react'
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { formatZone } from '../ui/time-format.ts'
import { Time } from '../ui/time.tsx'
import { useZone } from '../ui/zone.ts'
import { fromLocalInput, toLocalInput } from './local-time.ts'
import { nameOf, type TriggerRow } from './trigger-row.ts'

const hourMs = 3_600_000
/** As many as the server takes. */
const most = 200
const shown = 5

/** Runs a schedule for times that are past, and says before how many runs that makes. */
export function BackfillDialog({ row, close }: { row: TriggerRow; close: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const zone = useZone()
  const form = useId()
  const [opened] = useState(() => Date.now())
  const [from, setFrom] = useState(() => toLocalInput(opened - 6 * hourMs, zone))
  const [to, setTo] = useState(() => toLocalInput(opened, zone))
  const start = fromLocalInput(from, zone)
  const end = fromLocalInput(to, zone)
  const span = start && end && start < end ? { ...nameOf(row), from: start, to: end } : null
  const times = useQuery(api.triggers.backfillTimes.queryOptions(span ?? skipToken))
  const backfill = useMutation(
    api.triggers.backfill.mutationOptions({
      onSuccess: ({ firings }) => {
        toast.success(`${firings} ${firings === 1 ? 'run is' : 'runs are'} on the way`)
        close()
      },
      onSettled: () => queries.invalidateQueries({ queryKey: api.triggers.pathKey() }),
    }),
  )
  const count = span ? times.data?.times.length : undefined
  const why =
    span === null
      ? 'The end must be after the beginning.'
      : count === 0
        ? 'The schedule does not fire in this time.'
        : count !== undefined && count > most
          ? `At most ${most} times can be made up for at once.`
          : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (span && !why) backfill.mutate(span)
  }
  const zoneName = formatZone(opened, zone)
  return (
    <Dialog
      open
      onOpenChange={close}
      size="medium"
      title={`Backfill ${row.name} of ${row.runbook.title}`}
      description="Runs it for each time in the span at which it should have fired, one after the other."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={backfill.isPending} disabledReason={why}>
            {count === undefined || why ? 'Backfill' : `Start ${count} ${count === 1 ? 'run' : 'runs'}`}
          </Button>
        </>
      }
    >
      <form id={form} className="grid gap-4 sm:grid-cols-2" onSubmit={submit}>
        <Field label={`From (${zoneName})`}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              required
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            />
          )}
        </Field>
        <Field label={`To (${zoneName})`}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              required
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          )}
        </Field>
      </form>
      <output className="mt-3 block text-second">
        {why ? (
          <span className="text-inconclusive">{why}</span>
        ) : times.isPending ? (
          'Counting…'
        ) : (
          <>
            {times.data?.times.slice(0, shown).map((at) => (
              <span key={at} className="mr-3 inline-block">
                <Time at={at} />
              </span>
            ))}
            {(count ?? 0) > shown && `and ${(count ?? 0) - shown} more`}
          </>
        )}
      </output>
      {(backfill.error ?? times.error) && (
        <p role="alert" className="mt-3 text-abnormal">
          {readProblem(backfill.error ?? times.error).message} {readProblem(backfill.error ?? times.error).fix}
        </p>
      )}
    </Dialog>
  )
}
