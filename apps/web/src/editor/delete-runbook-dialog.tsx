'use client'
import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useFirstFocus } from './use-first-focus.ts'

export interface DeleteRunbookDialogProps {
  runbook: { name: string; title: string }
  onClose: () => void
}

/** Deleting cannot be undone, so the name is asked for. */
export function DeleteRunbookDialog({ runbook, onClose }: DeleteRunbookDialogProps) {
  const api = useApi()
  const first = useFirstFocus<HTMLInputElement>()
  const queries = useQueryClient()
  const [written, setWritten] = useState('')
  const remove = useMutation(
    api.runbooks.delete.mutationOptions({
      onSuccess: () => {
        toast.success(`${runbook.title} is deleted`)
        void queries.invalidateQueries({ queryKey: api.runbooks.pathKey() })
        onClose()
      },
      onError: reportProblem('The runbook was not deleted'),
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete ${runbook.title}?`}
      description="Its draft, its versions and its schedule go. This cannot be undone."
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger-solid"
            busy={remove.isPending}
            disabledReason={written === runbook.name ? null : `Write ${runbook.name} to confirm.`}
            onClick={() => remove.mutate({ name: runbook.name })}
          >
            Delete
          </Button>
        </>
      }
    >
      <Field label={`Write ${runbook.name} to confirm`}>
        {(control) => (
          <Input
            {...control}
            ref={first}
            className="font-mono"
            value={written}
            onChange={(event) => setWritten(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
