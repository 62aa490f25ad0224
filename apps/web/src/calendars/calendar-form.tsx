'use client'
import { type FormEvent, useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useApi } from '../ui/api.tsx'
import { Button } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { reportProblem } from '../ui/report-problem.ts'
import { useSession } from '../ui/session.ts'

type Kind = 'weekly' | 'dates'

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const empty = { name: '', reason: '', timeZone: 'UTC', targets: '', from: '', to: '' }

/** A new calendar with one closed time. */
export function CalendarForm({ names, reload }: { names: string[]; reload: () => void }) {
  const api = useApi()
  const { lacks } = useSession()
  const [kind, setKind] = useState<Kind>('weekly')
  const [days, setDays] = useState<number[]>([1, 2, 3, 4, 5])
  const [text, setText] = useState(empty)
  const set = (field: keyof typeof empty) => (event: { target: { value: string } }) =>
    setText({ ...text, [field]: event.target.value })
  const save = useMutation(
    api.calendars.save.mutationOptions({
      onSuccess: () => {
        toast.success('The calendar is saved')
        setText(empty)
      },
      onError: reportProblem('The calendar was not saved'),
      onSettled: reload,
    }),
  )
  const taken = names.includes(text.name) ? 'There is one of this name already.' : null
  const { from, to } = text
  const missing =
    text.name === '' ||
    text.reason.trim() === '' ||
    from === '' ||
    to === '' ||
    (kind === 'weekly' && days.length === 0)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (missing || taken) return
    const targets = text.targets
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    save.mutate({
      name: text.name,
      reason: text.reason,
      timeZone: text.timeZone,
      closed: [kind === 'weekly' ? { kind, days: days.toSorted((a, b) => a - b), from, to } : { kind, from, to }],
      appliesTo: { targets },
    })
  }
  const type = kind === 'weekly' ? 'time' : 'datetime-local'
  return (
    <Panel title="New calendar">
      <form className="grid gap-3 sm:grid-cols-2" onSubmit={submit}>
        <Field label="Name" error={taken} hint="Small letters, digits and dashes.">
          {(control) => (
            <Input
              {...control}
              className="w-full font-mono"
              value={text.name}
              onChange={set('name')}
              placeholder="nights"
            />
          )}
        </Field>
        <Field label="Why" hint="Shown to those whom it stops.">
          {(control) => (
            <Input {...control} className="w-full" maxLength={400} value={text.reason} onChange={set('reason')} />
          )}
        </Field>
        <Field label="Closed">
          {(control) => (
            <Select<Kind>
              {...control}
              className="w-full"
              value={kind}
              onChange={(next) => {
                setKind(next)
                setText({ ...text, from: '', to: '' })
              }}
              options={[
                { value: 'weekly', label: 'Every week' },
                { value: 'dates', label: 'Once' },
              ]}
            />
          )}
        </Field>
        <Field label="Time zone" hint="e.g. Europe/Berlin">
          {(control) => <Input {...control} className="w-full" value={text.timeZone} onChange={set('timeZone')} />}
        </Field>
        {kind === 'weekly' && (
          <fieldset className="sm:col-span-2">
            <legend className="mb-1 text-sm font-medium text-second">Begins on</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-1">
              {dayNames.map((label, index) => (
                <label key={label} className="flex min-h-8 items-center gap-1.5">
                  <input
                    type="checkbox"
                    checked={days.includes(index + 1)}
                    onChange={({ target }) =>
                      setDays(target.checked ? [...days, index + 1] : days.filter((day) => day !== index + 1))
                    }
                  />
                  {label}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <Field label="From">
          {(control) => <Input {...control} className="w-full" type={type} value={from} onChange={set('from')} />}
        </Field>
        <Field label="To" hint={kind === 'weekly' ? 'At or before From: on the next day.' : undefined}>
          {(control) => <Input {...control} className="w-full" type={type} value={to} onChange={set('to')} />}
        </Field>
        <Field label="Only for" optional hint="Connections or targets, with commas. All actions when empty.">
          {(control) => (
            <Input
              {...control}
              className="w-full"
              value={text.targets}
              onChange={set('targets')}
              placeholder="shop-edge"
            />
          )}
        </Field>
        <div className="flex items-end sm:justify-end">
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabledReason={lacks('admin') ?? taken ?? (missing ? 'Fill in name, why, and when.' : null)}
          >
            Add
          </Button>
        </div>
      </form>
    </Panel>
  )
}
