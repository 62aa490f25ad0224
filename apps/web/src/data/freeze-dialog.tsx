'use client'
/** Keeps what is on the chart as it is now, on a page of its own that others can be sent. */
import { type FormEvent, useState } from 'react'
import { useRouter } from 'next/navigation'
import { useMutation } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { plural } from '../ui/figures.ts'
import { reportProblem } from '../ui/report-problem.ts'
import { useFirstFocus } from '../ui/use-first-focus.ts'
import { frozenAsk } from './frozen-evidence.ts'
import type { ShownChart } from './service-chart.tsx'

const times = [
  { value: '1', label: 'A day' },
  { value: '7', label: 'A week' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const
type Days = (typeof times)[number]['value']

export interface FreezeDialogProps {
  measure: string
  title: string
  shown: ShownChart
  close: () => void
}

export function FreezeDialog({ measure, title, shown, close }: FreezeDialogProps) {
  const api = useApi()
  const router = useRouter()
  const field = useFirstFocus<HTMLInputElement>()
  const [name, setName] = useState(title)
  const [days, setDays] = useState<Days>('30')
  const { view, lines } = shown
  // The time of the page as it was opened: the dialog must not move with the clock.
  const [span] = useState(view.span)
  const create = useMutation(
    api.views.create.mutationOptions({
      onSuccess: ({ id }) => router.push(`/data/views/${encodeURIComponent(id)}`),
      onError: reportProblem('It was not frozen'),
    }),
  )
  const reason = name.trim() === '' ? 'Give it a title.' : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason || create.isPending) return
    create.mutate({
      title: name.trim(),
      series: frozenAsk(shown, { measure, where: view.where, groupBy: view.groupBy }),
      ...span,
      stepSeconds: view.stepSeconds,
      expiresInDays: Number(days),
    })
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Freeze into a view"
      description={`${plural(lines.length, 'line')} as now, on a page with a link. The view does not change when the data does.`}
      footer={
        <Button variant="primary" busy={create.isPending} disabledReason={reason} onClick={submit}>
          Freeze
        </Button>
      }
    >
      <form onSubmit={submit} className="space-y-3">
        <Field label="Title">
          {(control) => (
            <Input
              {...control}
              ref={field}
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Kept for">
          {(control) => <Select<Days> {...control} value={days} onChange={setDays} options={[...times]} />}
        </Field>
      </form>
    </Dialog>
  )
}
