'use client'
/** What starts the runbook besides people: schedules, webhooks, events. Takes effect when the runbook is published. */
import { Plus, Trash2 } from 'lucide-react'
import type { EventTrigger, RunbookDocument, ScheduleTrigger, Trigger, WebhookTrigger } from '@tenon/runbook'
import { IconButton } from '../ui/button.tsx'
import { Field, Input, Select } from '../ui/field.tsx'
import { Menu } from '../ui/menu.tsx'
import { useCatalogue } from './catalogue-index.ts'
import { type RunbookSettings, setRunbook } from './document-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { ValuesControl } from './values-control.tsx'

type Triggers = RunbookDocument['triggers']

const starts: Record<Trigger['kind'], Trigger> = {
  schedule: {
    kind: 'schedule',
    cron: '0 * * * *',
    timeZone: 'UTC',
    overlap: 'skip',
    catchUp: '1m',
    params: {},
  },
  webhook: { kind: 'webhook', format: 'alertmanager', secret: '', params: {} },
  event: { kind: 'event', event: 'something.happened', params: {} },
}

export function TriggersSection({ store, document }: { store: EditorStore; document: RunbookDocument }) {
  const { triggers } = document
  const set = (next: Triggers, label: string): void => {
    const settings: RunbookSettings = { triggers: next }
    store.apply((before) => setRunbook(before, settings), { label, coalesce: label })
  }
  const add = (kind: Trigger['kind']): void => {
    let name: string = kind
    for (let number = 2; name in triggers; number += 1) name = `${kind}-${number}`
    set({ ...triggers, [name]: starts[kind] }, 'Add trigger')
  }
  return (
    <section aria-label="Triggers" data-testid="triggers">
      <div className="mb-1 flex items-center justify-between">
        <h3 className="text-sm font-medium text-second">Triggers</h3>
        <Menu
          trigger={
            <IconButton size="small" variant="ghost" label="Add a trigger">
              <Plus aria-hidden className="size-3.5" />
            </IconButton>
          }
          items={[
            { label: 'On a schedule', onSelect: () => add('schedule') },
            { label: 'On a webhook (Alertmanager, GitHub…)', onSelect: () => add('webhook') },
            { label: 'On an event', onSelect: () => add('event') },
          ]}
        />
      </div>
      {Object.keys(triggers).length === 0 && (
        <p className="text-sm text-third">People and the API can always start it. Add what else does.</p>
      )}
      <ul className="space-y-2">
        {Object.entries(triggers).map(([name, trigger]) => (
          <li key={name} className="space-y-1.5 rounded-lg border border-line p-2" data-testid={`trigger-${name}`}>
            <div className="flex items-center justify-between gap-1">
              <span className="min-w-0 truncate text-sm font-medium">{name}</span>
              <IconButton
                size="small"
                variant="ghost"
                label={`Delete trigger ${name}`}
                onClick={() => {
                  const { [name]: _, ...rest } = triggers
                  set(rest, 'Delete trigger')
                }}
              >
                <Trash2 aria-hidden className="size-3.5" />
              </IconButton>
            </div>
            <TriggerForm
              name={name}
              trigger={trigger}
              change={(next) => set({ ...triggers, [name]: next }, `Edit trigger ${name}`)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface FormProps<T extends Trigger> {
  name: string
  trigger: T
  change: (next: T) => void
}

function TriggerForm({ name, trigger, change }: FormProps<Trigger>) {
  const form = ((): React.ReactNode => {
    switch (trigger.kind) {
      case 'schedule':
        return <ScheduleForm name={name} trigger={trigger} change={change} />
      case 'webhook':
        return <WebhookForm name={name} trigger={trigger} change={change} />
      case 'event':
        return <EventForm name={name} trigger={trigger} change={change} />
    }
  })()
  return (
    <>
      {form}
      <Field label="Parameters" optional>
        {(control) => (
          <ValuesControl
            value={trigger.params}
            onChange={(params) => change({ ...trigger, params: (params ?? {}) as Record<string, unknown> })}
            attributes={{ ...control, 'aria-label': `Parameters of ${name}` }}
          />
        )}
      </Field>
    </>
  )
}

type When = 'cron' | 'every' | 'calendar'

function ScheduleForm({ name, trigger, change }: FormProps<ScheduleTrigger>) {
  const { cron: _cron, every: _every, calendar: _calendar, ...rest } = trigger
  const when: When = trigger.calendar ? 'calendar' : trigger.every === undefined ? 'cron' : 'every'
  const forms: Record<When, ScheduleTrigger> = {
    cron: { ...rest, cron: '0 * * * *' },
    every: { ...rest, every: '10m' },
    calendar: { ...rest, calendar: { at: ['09:00'] } },
  }
  return (
    <>
      <Select
        aria-label={`Kind of schedule ${name}`}
        value={when}
        onChange={(kind) => change(forms[kind])}
        options={[
          { value: 'cron', label: 'Cron' },
          { value: 'every', label: 'Every so often' },
          { value: 'calendar', label: 'At times of the day' },
        ]}
      />
      <div className="flex gap-1.5">
        {trigger.calendar ? (
          <Input
            aria-label="Times"
            className="font-mono"
            value={trigger.calendar.at.join(' ')}
            onChange={(event) =>
              change({ ...trigger, calendar: { ...trigger.calendar, at: event.target.value.split(/[\s,]+/) } })
            }
          />
        ) : trigger.every === undefined ? (
          <Input
            aria-label="Cron"
            className="font-mono"
            value={trigger.cron ?? ''}
            onChange={(event) => change({ ...trigger, cron: event.target.value })}
          />
        ) : (
          <Input
            aria-label="Every"
            className="font-mono"
            value={trigger.every}
            onChange={(event) => change({ ...trigger, every: event.target.value })}
          />
        )}
        <Input
          aria-label="Time zone"
          value={trigger.timeZone}
          onChange={(event) => change({ ...trigger, timeZone: event.target.value })}
        />
      </div>
      <Field label="While the run before it goes on">
        {(control) => (
          <Select
            {...control}
            value={trigger.overlap}
            onChange={(overlap) => change({ ...trigger, overlap })}
            options={[
              { value: 'skip', label: 'Skip' },
              { value: 'queue-one', label: 'Run once afterwards' },
              { value: 'queue', label: 'Run all afterwards' },
              { value: 'cancel-running', label: 'Cancel the one before' },
              { value: 'allow', label: 'Run beside it' },
            ]}
          />
        )}
      </Field>
    </>
  )
}

function WebhookForm({ name, trigger, change }: FormProps<WebhookTrigger>) {
  const { picks } = useCatalogue()
  const hooks = picks.connections.filter(({ kind }) => kind === 'hook')
  return (
    <>
      <Select
        aria-label={`Format of ${name}`}
        value={trigger.format}
        onChange={(format) => change({ ...trigger, format })}
        options={[
          { value: 'alertmanager', label: 'Alertmanager' },
          { value: 'cloudevents', label: 'CloudEvents, CDEvents' },
          { value: 'github', label: 'GitHub' },
          { value: 'generic', label: 'Any JSON' },
        ]}
      />
      <Field label="Secret" hint="A connection of kind hook. Make one in Settings, Connections.">
        {(control) => (
          <Select
            {...control}
            value={trigger.secret}
            onChange={(secret) => change({ ...trigger, secret })}
            options={[
              { value: '', label: 'Choose' },
              ...(trigger.secret === '' || hooks.some((hook) => hook.name === trigger.secret)
                ? []
                : [{ value: trigger.secret, label: trigger.secret, note: 'not there yet' }]),
              ...hooks.map((hook) => ({ value: hook.name, label: hook.name })),
            ]}
          />
        )}
      </Field>
      <Condition name={name} value={trigger.when} change={(when) => change(without({ ...trigger, when }))} />
    </>
  )
}

function EventForm({ name, trigger, change }: FormProps<EventTrigger>) {
  return (
    <>
      <Input
        aria-label={`Event of ${name}`}
        className="font-mono"
        value={trigger.event}
        onChange={(event) => change({ ...trigger, event: event.target.value })}
      />
      <Condition name={name} value={trigger.when} change={(when) => change(without({ ...trigger, when }))} />
    </>
  )
}

function Condition({
  name,
  value,
  change,
}: {
  name: string
  value: string | undefined
  change: (when: string | undefined) => void
}) {
  return (
    <Field label="Only when" optional hint="A condition over event; others are filtered.">
      {(control) => (
        <Input
          {...control}
          aria-label={`Condition of ${name}`}
          className="font-mono text-sm"
          spellCheck={false}
          value={value ?? ''}
          onChange={(event) => change(event.target.value === '' ? undefined : event.target.value)}
        />
      )}
    </Field>
  )
}

function without<T extends Trigger>(trigger: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(trigger).filter(([, value]) => value !== undefined)) as T
}
