'use client'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Play, Square } from 'lucide-react'
import { toast } from 'sonner'
import { useApi } from './api.tsx'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field, TextArea } from './field.tsx'
import { reportProblem } from './report-problem.ts'
import { useSession } from './session.ts'
import { useShortcut } from './shortcuts.ts'
import { Time } from './time.tsx'

/** The kill switch, on every page: asks for a reason, then refuses every new action until someone resumes. */
export function StopWrites() {
  const api = useApi()
  const client = useQueryClient()
  const { lacks } = useSession()
  const status = useQuery(api.writes.status.queryOptions())
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const refresh = () => client.invalidateQueries({ queryKey: api.writes.pathKey() })
  const stop = useMutation(
    api.writes.stop.mutationOptions({
      onSuccess: () => {
        setOpen(false)
        setReason('')
        toast.success('All writes are stopped')
      },
      onError: reportProblem('Writes were not stopped'),
      onSettled: refresh,
    }),
  )
  const resume = useMutation(
    api.writes.resume.mutationOptions({
      onSuccess: () => {
        setOpen(false)
        toast.success('Writes are allowed again')
      },
      onError: reportProblem('Writes were not resumed'),
      onSettled: refresh,
    }),
  )
  const stopped = status.data ?? null
  const why = lacks('operator')
  useShortcut(
    why
      ? null
      : {
          keys: 'x',
          label: stopped ? 'Resume writes' : 'Stop all writes',
          group: 'Everywhere',
          run: () => setOpen(true),
        },
  )

  return (
    <>
      {stopped ? (
        <Button
          variant="danger-solid"
          className="max-sm:size-11 max-sm:px-0!"
          disabledReason={why}
          onClick={() => setOpen(true)}
          icon={<Square aria-hidden className="size-3 fill-current" />}
        >
          <span className="max-sm:sr-only">Writes stopped</span>
        </Button>
      ) : (
        <Button
          variant="danger"
          className="max-sm:size-11 max-sm:px-0!"
          disabledReason={why}
          onClick={() => setOpen(true)}
          icon={<Square aria-hidden className="size-3 fill-current" />}
        >
          <span className="max-sm:sr-only">Stop all writes</span>
        </Button>
      )}
      {stopped ? (
        <Dialog
          open={open}
          onOpenChange={setOpen}
          title="All writes are stopped"
          description={
            <>
              By {stopped.by}, <Time at={stopped.at} />: {stopped.reason}
            </>
          }
          footer={
            <>
              <Button onClick={() => setOpen(false)}>Keep stopped</Button>
              <Button
                variant="primary"
                busy={resume.isPending}
                icon={<Play aria-hidden className="size-3.5" />}
                onClick={() => resume.mutate()}
              >
                Resume writes
              </Button>
            </>
          }
        >
          <p className="text-second">
            No runbook can change anything outside until writes resume. Actions in effect stay as they are and do not
            revert by themselves, even when their time is over; you can revert them now, on Actions.
          </p>
        </Dialog>
      ) : (
        <Dialog
          open={open}
          onOpenChange={setOpen}
          title="Stop all writes?"
          description="From now on every new action is refused, in every runbook, until someone resumes. Reads and diagnoses go on. Actions in effect stay as they are and do not revert by themselves until then; a person still can revert them."
          footer={
            <>
              <Button onClick={() => setOpen(false)}>Cancel</Button>
              <Button
                variant="danger-solid"
                busy={stop.isPending}
                disabledReason={reason.trim() ? null : 'Say why first: others will ask.'}
                onClick={() => stop.mutate({ reason: reason.trim() })}
              >
                Stop all writes
              </Button>
            </>
          }
        >
          <Field label="Why">
            {(control) => (
              <TextArea
                {...control}
                value={reason}
                maxLength={400}
                placeholder="e.g. the edge is under maintenance"
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </Dialog>
      )}
    </>
  )
}
