'use client'
import { type FormEvent, useId, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { emptyBound, readBound } from './bound-draft.ts'
import { BoundFields } from './bound-fields.tsx'
import { firstConsequence, readConsequence } from './consequence-draft.ts'
import { ConsequenceFields } from './consequence-fields.tsx'

const times = [
  { value: '15', label: '15 min' },
  { value: '30', label: '30 min' },
  { value: '60', label: '1 h' },
  { value: '120', label: '2 h' },
  { value: '480', label: '8 h' },
]
const graces = [
  { value: '15', label: '15 s' },
  { value: '60', label: '60 s' },
  { value: '180', label: '3 min' },
]

/** What a load test or a drill must not break, what is done when it does, and for how long. */
export function StartBreaker({ close }: { close: () => void }) {
  const api = useApi()
  const client = useQueryClient()
  const form = useId()
  const [name, setName] = useState('')
  const [drafts, setDrafts] = useState([emptyBound])
  const [consequence, setConsequence] = useState(firstConsequence)
  const [minutes, setMinutes] = useState('60')
  const [grace, setGrace] = useState('60')
  const start = useMutation(
    api.breakers.start.mutationOptions({
      onSuccess: ({ name: started }) => {
        toast.success(`${started} watches`)
        close()
      },
      onSettled: () => client.invalidateQueries({ queryKey: api.breakers.pathKey() }),
    }),
  )
  const read = drafts.map(readBound)
  const onBreach = readConsequence(consequence)
  const missing =
    name.trim() === ''
      ? 'Name it first.'
      : (read.flatMap((one) => ('problem' in one ? [one.problem] : []))[0] ??
        (onBreach === null ? 'Choose what is done on a breach.' : null))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (missing !== null || onBreach === null) return
    start.mutate({
      name: name.trim(),
      bounds: read.flatMap((one) => ('bound' in one ? [one.bound] : [])),
      onBreach,
      minutes: Number(minutes),
      graceSeconds: Number(grace),
    })
  }
  const problem = start.error && readProblem(start.error)
  return (
    <Dialog
      open
      onOpenChange={close}
      size="large"
      title="Start a breaker"
      description="It watches for a load test or a drill, trips once, and ends by itself."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={start.isPending} disabledReason={missing}>
            Start breaker
          </Button>
        </>
      }
    >
      <form id={form} className="space-y-4" onSubmit={submit}>
        <div className="grid gap-3 sm:grid-cols-[1fr_7rem_9rem]">
          <Field label="Name">
            {(control) => (
              <Input
                {...control}
                className="w-full"
                maxLength={100}
                placeholder="e.g. Load test of payment"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="For">
            {(control) => (
              <Select {...control} className="w-full" value={minutes} onChange={setMinutes} options={times} />
            )}
          </Field>
          <Field label="Without a value">
            {(control) => (
              <Select
                {...control}
                className="w-full"
                value={grace}
                onChange={setGrace}
                options={graces.map(({ value, label }) => ({ value, label: `trips after ${label}` }))}
              />
            )}
          </Field>
        </div>
        <BoundFields drafts={drafts} onChange={setDrafts} />
        <ConsequenceFields draft={consequence} onChange={setConsequence} />
        {problem && (
          <p role="alert" className="text-abnormal">
            {problem.message} {problem.fix}
          </p>
        )}
      </form>
    </Dialog>
  )
}
