'use client'
import { type FormEvent, useState } from 'react'
import { useRouter } from 'next/navigation'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { type Outputs, useApi, useApiClient } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { copyOfRunbook, emptyRunbook, freeName, nameOf, nameProblem } from './new-runbook.ts'
import type { RunbookTemplate } from './template-dialog.tsx'
import { useFirstFocus } from './use-first-focus.ts'

export interface NewRunbookDialogProps {
  runbooks: Outputs['runbooks']['list']
  /** The runbook to copy; null begins empty. */
  copyOf: string | null
  /** What it begins with instead. */
  template?: RunbookTemplate | null
  onClose: () => void
}

const empty = ''
/** No runbook has this name. */
const fromTemplate = '*template'
const formId = 'new-runbook'

/** Title and name, and what it begins with; then its editor opens. */
export function NewRunbookDialog({ runbooks, copyOf, template = null, onClose }: NewRunbookDialogProps) {
  const api = useApi()
  const first = useFirstFocus<HTMLInputElement>()
  const client = useApiClient()
  const queries = useQueryClient()
  const router = useRouter()
  const taken = runbooks.map((one) => one.name)
  const [title, setTitle] = useState(template?.title ?? '')
  /** null: follows the title until it is written itself. */
  const [written, setWritten] = useState<string | null>(() => (template ? freeName(template.name, taken) : null))
  const [from, setFrom] = useState(template ? fromTemplate : (copyOf ?? empty))
  const name = written ?? nameOf(title)
  const wrong = nameProblem(name, taken)
  const missing = title.trim() === '' ? 'Give it a title.' : name === '' ? 'Give it a name.' : wrong

  const create = useMutation({
    mutationFn: async () => {
      if (from === empty) return client.runbooks.create.mutate({ source: emptyRunbook(name, title.trim()) })
      const original =
        template && from === fromTemplate
          ? template
          : await client.runbooks.get
              .query({ name: from })
              .then(({ title: of, draft }) => ({ title: of, source: draft.source }))
      const source = copyOfRunbook(original.source, name, title.trim())
      if (source !== null) return client.runbooks.create.mutate({ source })
      toast.error('The copy was not made', {
        description: `The draft of ${original.title} is no runbook. Mend it first.`,
      })
      return null
    },
    onSuccess: (created) => {
      if (!created) return
      void queries.invalidateQueries({ queryKey: api.runbooks.pathKey() })
      router.push(`/runbooks/${created.name}`)
    },
    onError: reportProblem('The runbook was not made'),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!missing && !create.isPending) create.mutate()
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New runbook"
      description="Nothing runs by itself until it is published."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={create.isPending} disabledReason={missing}>
            Create
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="space-y-4">
        <Field label="Title">
          {(control) => (
            <Input
              {...control}
              ref={first}
              value={title}
              placeholder="Payment drop"
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name" hint="In addresses and over the API. It stays." error={wrong}>
          {(control) => (
            <Input
              {...control}
              className="font-mono"
              value={name}
              placeholder="payment-drop"
              onChange={(event) => setWritten(event.target.value)}
            />
          )}
        </Field>
        <Field label="Begin with">
          {(control) => (
            <Select
              {...control}
              value={from}
              onChange={setFrom}
              options={[
                { value: empty, label: 'An empty canvas' },
                ...(template ? [{ value: fromTemplate, label: `The template ${template.title}` }] : []),
                ...runbooks.map((one) => ({ value: one.name, label: `A copy of ${one.title}`, note: one.name })),
              ]}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
