'use client'
import { useId, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { ScopePicker } from './scope-picker.tsx'
import { scopeText, type ScopeOf, stopVerb } from './stop-words.ts'

const scopes: { value: ScopeOf; label: string; field: string }[] = [
  { value: 'all', label: 'All writes', field: '' },
  { value: 'connection', label: 'Those to one connection', field: 'Connection' },
  { value: 'target', label: 'Those to one target', field: 'Target' },
  { value: 'kind', label: 'Those of one kind', field: 'Kind of action' },
  { value: 'runbook', label: 'Those of one runbook', field: 'Runbook' },
]

/** What to stop, and why; its own button, because the word of it is what happens. */
export function StopForm({ narrowOnly, done }: { narrowOnly: boolean; done: () => void }) {
  const api = useApi()
  const client = useQueryClient()
  const form = useId()
  const [of, setOf] = useState<ScopeOf>(narrowOnly ? 'connection' : 'all')
  const [name, setName] = useState('')
  const [reason, setReason] = useState('')
  const scope = scopeText(of, name)
  const stop = useMutation(
    api.writes.stop.mutationOptions({
      onSuccess: () => {
        toast.success(of === 'all' ? 'All writes are stopped' : 'These writes are stopped')
        done()
      },
      onError: reportProblem('Writes were not stopped'),
      onSettled: () => client.invalidateQueries({ queryKey: api.writes.pathKey() }),
    }),
  )
  const missing =
    scope === null ? 'Choose what to stop first.' : reason.trim() ? null : 'Say why first: others will ask.'
  return (
    <form
      id={form}
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (missing === null && scope !== null) stop.mutate({ reason: reason.trim(), scope })
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="What">
          {(control) => (
            <Select<ScopeOf>
              {...control}
              className="w-full"
              value={of}
              onChange={(next) => {
                setOf(next)
                setName('')
              }}
              options={scopes.filter(({ value }) => !narrowOnly || value !== 'all')}
            />
          )}
        </Field>
        {of !== 'all' && (
          <Field label={scopes.find(({ value }) => value === of)?.field ?? 'Name'}>
            {(control) => <ScopePicker key={of} of={of} value={name} onChange={setName} attributes={control} />}
          </Field>
        )}
      </div>
      <Field label="Why">
        {(control) => (
          <TextArea
            {...control}
            className="w-full"
            value={reason}
            maxLength={400}
            placeholder="e.g. the edge is under maintenance"
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={done}>Cancel</Button>
        <Button type="submit" variant="danger-solid" className="min-w-0" busy={stop.isPending} disabledReason={missing}>
          <span className="truncate">{stopVerb(of, name)}</span>
        </Button>
      </div>
    </form>
  )
}
