'use client'
import { type FormEvent, useId, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { nameOf, type TriggerRow } from './trigger-row.ts'

/** Pausing asks why: whoever finds it paused must know whether it may go on. */
export function PauseDialog({ row, close }: { row: TriggerRow; close: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const form = useId()
  const [reason, setReason] = useState('')
  const pause = useMutation(
    api.triggers.pause.mutationOptions({
      onSuccess: ({ warning }) => {
        toast.success(`${row.name} is paused`, warning ? { description: warning } : {})
        close()
      },
      onSettled: () => queries.invalidateQueries({ queryKey: api.triggers.pathKey() }),
    }),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    pause.mutate({ ...nameOf(row), reason })
  }
  const effect =
    row.kind === 'schedule'
      ? 'It does not fire until somebody resumes it. Times that pass meanwhile can be made up for with Backfill then.'
      : 'What comes in meanwhile is on record as filtered, and starts nothing.'
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`Pause ${row.name} of ${row.runbook.title}`}
      description={effect}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={pause.isPending}>
            Pause
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field label="Why" error={pause.error ? readProblem(pause.error).message : null}>
          {(control) => (
            <TextArea
              {...control}
              required
              maxLength={400}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
