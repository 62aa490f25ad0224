'use client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../ui/api.tsx'
import { Field, Select } from '../ui/field.tsx'
import { readProblem } from '../ui/problem.ts'
import { type NarrowScope, ScopePicker } from '../writes/scope-picker.tsx'
import type { ScopeOf } from '../writes/stop-words.ts'
import type { OnBreach } from './breaker-words.ts'
import { type ConsequenceDraft, firstConsequence } from './consequence-draft.ts'

const kinds: { value: OnBreach['kind']; label: string }[] = [
  { value: 'tell', label: 'Tell people' },
  { value: 'revert', label: 'Put actions back' },
  { value: 'stop-writes', label: 'Stop writes' },
  { value: 'cancel-run', label: 'Cancel a run' },
  { value: 'webhook', label: 'Post to a webhook' },
]

const scopes: { value: ScopeOf; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'runbook', label: 'Of one runbook' },
  { value: 'target', label: 'To one target' },
  { value: 'connection', label: 'To one connection' },
  { value: 'kind', label: 'Of one kind' },
]

interface FieldsProps {
  draft: ConsequenceDraft
  onChange: (draft: ConsequenceDraft) => void
}

export function ConsequenceFields({ draft, onChange }: FieldsProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Field label="On a breach">
        {(control) => (
          <Select<OnBreach['kind']>
            {...control}
            className="w-full"
            value={draft.kind}
            onChange={(kind) => onChange({ ...firstConsequence, kind })}
            options={kinds}
          />
        )}
      </Field>
      {(draft.kind === 'revert' || draft.kind === 'stop-writes') && <ScopeFields draft={draft} onChange={onChange} />}
      {draft.kind === 'cancel-run' && <RunField draft={draft} onChange={onChange} />}
      {draft.kind === 'webhook' && <WebhookField draft={draft} onChange={onChange} />}
    </div>
  )
}

function ScopeFields({ draft, onChange }: FieldsProps) {
  const { kind, of, name } = draft
  return (
    <>
      <Field label="Which">
        {(control) => (
          <Select<ScopeOf>
            {...control}
            className="w-full"
            value={of}
            onChange={(next) => onChange({ ...draft, of: next, name: '' })}
            options={scopes.filter(({ value }) => kind === 'stop-writes' || value !== 'all')}
          />
        )}
      </Field>
      {of !== 'all' && (
        <Field label="Name">
          {(control) => (
            <ScopePicker
              key={of}
              of={of satisfies NarrowScope}
              value={name}
              onChange={(next) => onChange({ ...draft, name: next })}
              attributes={control}
            />
          )}
        </Field>
      )}
    </>
  )
}

function RunField({ draft, onChange }: FieldsProps) {
  const api = useApi()
  const runs = useQuery(api.runs.list.queryOptions({ status: 'running', limit: 50 }))
  const items = (runs.data ?? []).map(({ id, runbook }) => ({
    value: id,
    label: `${runbook.title}, ${id.slice(0, 8)}`,
  }))
  return (
    <div className="sm:col-span-2">
      <ChoiceField label="Run" none="No run goes on now" error={runs.error} {...{ items, draft, onChange }} />
    </div>
  )
}

function WebhookField({ draft, onChange }: FieldsProps) {
  const api = useApi()
  const webhooks = useQuery(api.breakers.webhooks.queryOptions())
  const items = (webhooks.data ?? []).map((name) => ({ value: name, label: name }))
  return (
    <div className="sm:col-span-2">
      <ChoiceField
        label="Connection"
        none="There is no webhook: an admin adds it in Settings"
        error={webhooks.error}
        {...{ items, draft, onChange }}
      />
    </div>
  )
}

interface ChoiceProps extends FieldsProps {
  label: string
  /** Said when there is nothing to choose. */
  none: string
  items: { value: string; label: string }[]
  error: unknown
}

function ChoiceField({ label, none, items, error, draft, onChange }: ChoiceProps) {
  return (
    <Field label={label} error={error ? readProblem(error).message : null}>
      {(control) => (
        <Select
          {...control}
          className="w-full"
          value={draft.name}
          onChange={(name) => onChange({ ...draft, name })}
          options={[{ value: '', label: items.length === 0 ? none : 'Choose' }, ...items]}
        />
      )}
    </Field>
  )
}
