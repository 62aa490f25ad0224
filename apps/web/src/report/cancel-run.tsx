'use client'
import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'

export function CancelRun({ runId }: { runId: string }) {
  const api = useApi()
  const { lacks } = useSession()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const cancel = useMutation(
    api.runs.cancel.mutationOptions({
      onSuccess: () => {
        setOpen(false)
        toast.success('The run is cancelled')
      },
      onError: reportProblem('The run was not cancelled'),
    }),
  )
  return (
    <>
      <Button className="max-sm:h-11" disabledReason={lacks('operator')} onClick={() => setOpen(true)}>
        Cancel run
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Cancel this run?"
        description="Steps that go on are stopped. What the run changed outside is put back, unless its runbook says otherwise."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Let it run</Button>
            <Button
              variant="danger-solid"
              busy={cancel.isPending}
              disabledReason={reason.trim() ? null : 'Say why first: others will ask.'}
              onClick={() => cancel.mutate({ id: runId, reason: reason.trim() })}
            >
              Cancel run
            </Button>
          </>
        }
      >
        <Field label="Why">
          {(control) => (
            <TextArea {...control} value={reason} maxLength={400} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
      </Dialog>
    </>
  )
}
