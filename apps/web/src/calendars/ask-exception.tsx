'use client'
import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'

const times = [
  { value: '30', label: '30 minutes' },
  { value: '60', label: '1 hour' },
  { value: '240', label: '4 hours' },
]

/** Why, and for how long; it counts when a second person confirms it. */
export function AskException(props: { calendar: string; close: () => void; reload: () => void }) {
  const { calendar, close, reload } = props
  const api = useApi()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('60')
  const ask = useMutation(
    api.calendars.askException.mutationOptions({
      onSuccess: () => {
        toast.success('Asked: an admin other than you has to confirm it')
        close()
      },
      onError: reportProblem('The exception was not asked for'),
      onSettled: reload,
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`An exception to ${calendar}`}
      description="It counts when another person, an admin, confirms it. The time runs from now."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            busy={ask.isPending}
            disabledReason={reason.trim() === '' ? 'Say why.' : null}
            onClick={() => ask.mutate({ calendar, reason: reason.trim(), minutes: Number(minutes) })}
          >
            Ask
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Field label="Why">
          {(control) => (
            <TextArea {...control} maxLength={400} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <Field label="For">
          {(control) => (
            <Select {...control} className="w-full" value={minutes} onChange={setMinutes} options={times} />
          )}
        </Field>
      </div>
    </Dialog>
  )
}
