'use client'
import { type FormEvent, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useFirstFocus } from '../ui/use-first-focus.ts'

export interface NewFileDialogProps {
  taken: readonly string[]
  close: () => void
  onCreated: (path: string) => void
}

const emptyFile = `# Entities, tables, relations and chains; what is written here goes before what discovery found.
tenonModel: 1
`

/** The file is there at once, empty, so that what is typed into it has a place. */
export function NewFileDialog({ taken, close, onCreated }: NewFileDialogProps) {
  const api = useApi()
  const queries = useQueryClient()
  const field = useFirstFocus<HTMLInputElement>()
  const [name, setName] = useState('')
  const path = name.endsWith('.yaml') || name === '' ? name : `${name}.yaml`
  const wrong = pathProblem(path, taken)
  const create = useMutation(
    api.model.save.mutationOptions({
      onSuccess: async (answer) => {
        if (!answer.saved) {
          reportProblem('The file was not made')(new Error(answer.problems[0]?.message ?? 'It has problems.'))
          return
        }
        await queries.invalidateQueries({ queryKey: api.model.pathKey() })
        onCreated(path)
      },
      onError: reportProblem('The file was not made'),
    }),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wrong === null && !create.isPending) create.mutate({ path, text: emptyFile, revision: 0 })
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      title="New file of the model"
      footer={
        <Button variant="primary" busy={create.isPending} disabledReason={wrong} onClick={submit}>
          Make it
        </Button>
      }
    >
      <form onSubmit={submit}>
        <Field label="Path" hint={path === '' ? 'For example payments.yaml' : path} error={name === '' ? null : wrong}>
          {(control) => (
            <Input {...control} ref={field} value={name} onChange={(event) => setName(event.target.value.trim())} />
          )}
        </Field>
      </form>
    </Dialog>
  )
}

function pathProblem(path: string, taken: readonly string[]): string | null {
  if (path === '') return 'Give it a name.'
  if (!/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*\.yaml$/.test(path))
    return 'Small letters, digits and hyphens; folders with a slash.'
  if (path.startsWith('generated/')) return 'Discovery writes below generated/.'
  if (taken.includes(path)) return 'There is a file of that name.'
  return null
}
