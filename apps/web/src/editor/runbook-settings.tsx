'use client'
import { useState } from 'react'
import { Plus, Trash2 } from 'lucide-react'
import { type Parameter, parameter as parameterSchema, type RunbookDocument } from '@tenon/runbook'
import { Button, IconButton } from '../ui/button.tsx'
import { Field, Input, Select, TextArea } from '../ui/field.tsx'
import {
  removeParameter,
  renameParameter,
  type RunbookSettings,
  setParameter,
  setRunbook,
} from './document-commands.ts'
import type { EditorStore } from './editor-store.ts'
import { ExecutionSection } from './execution-section.tsx'
import { parameterControl } from './schema-fields.ts'
import { TriggersSection } from './triggers-section.tsx'
import { useEditor } from './use-editor.ts'
import { ValueControl } from './value-control.tsx'

/** The runbook itself: shown while no step is selected. */
export function RunbookSettingsPanel({ store }: { store: EditorStore }) {
  const document = useEditor(store, (state) => state.document)
  const set = (settings: RunbookSettings, label: string): void =>
    store.apply((before) => setRunbook(before, settings), { label, coalesce: label })
  return (
    <div className="space-y-4 px-4 py-4">
      <h2 className="text-lg font-semibold">Runbook</h2>
      <Field label="Title">
        {(control) => (
          <Input
            {...control}
            value={document.title}
            onChange={(event) => set({ title: event.target.value }, 'Edit title')}
          />
        )}
      </Field>
      <Field label="Description" optional>
        {(control) => (
          <TextArea
            {...control}
            value={document.description}
            onChange={(event) => set({ description: event.target.value }, 'Edit description')}
          />
        )}
      </Field>
      <Parameters store={store} document={document} />
      <TriggersSection store={store} document={document} />
      <Field label="Ends after" hint="The whole run, waiting for people included.">
        {(control) => (
          <Input
            {...control}
            value={document.timeout}
            onChange={(event) => set({ timeout: event.target.value }, 'Edit time-out')}
          />
        )}
      </Field>
      <Field label="When the run fails or is cancelled">
        {(control) => (
          <Select
            {...control}
            value={document.onFailure}
            onChange={(onFailure) => set({ onFailure }, 'Edit failure policy')}
            options={[
              { value: 'revert', label: 'Revert what it changed', note: 'Newest first.' },
              { value: 'keep', label: 'Keep it until its lease ends' },
            ]}
          />
        )}
      </Field>
      <ExecutionSection document={document} set={set} />
    </div>
  )
}

const parameterTypes = parameterSchema.shape.type.options

function Parameters({ store, document }: { store: EditorStore; document: RunbookDocument }) {
  const add = (): void => {
    let name = 'parameter'
    for (let number = 2; name in document.params; number++) name = `parameter_${number}`
    store.apply((before) => setParameter(before, name, { type: 'string' }), { label: 'Add parameter' })
  }
  return (
    <section aria-label="Parameters">
      <div className="mb-1 flex items-center justify-between">
        <h3 className="text-sm font-medium text-second">Parameters</h3>
        <Button size="small" variant="ghost" icon={<Plus aria-hidden className="size-3.5" />} onClick={add}>
          Add
        </Button>
      </div>
      {Object.entries(document.params).length === 0 && (
        <p className="text-sm text-third">What a run is asked for, such as the chain to diagnose.</p>
      )}
      <ul className="space-y-2">
        {Object.entries(document.params).map(([name, parameter]) => (
          <ParameterRow
            key={name}
            store={store}
            name={name}
            parameter={parameter}
            taken={(other) => other !== name && other in document.params}
          />
        ))}
      </ul>
    </section>
  )
}

function ParameterRow(props: {
  store: EditorStore
  name: string
  parameter: Parameter
  taken: (name: string) => boolean
}) {
  const { store, name, parameter, taken } = props
  const [written, setWritten] = useState(name)
  const update = (change: Partial<Parameter>): void =>
    store.apply((before) => setParameter(before, name, { ...parameter, ...change }), {
      label: 'Edit parameter',
      coalesce: `parameter ${name}`,
    })
  const rename = (): void => {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(written) || taken(written)) return setWritten(name)
    store.apply((before) => renameParameter(before, name, written), { label: 'Rename parameter' })
  }
  return (
    <li className="space-y-1.5 rounded-lg border border-line p-2">
      <div className="flex gap-1.5">
        <Input
          aria-label="Parameter name"
          className="font-mono"
          value={written}
          onChange={(event) => setWritten(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && rename()}
        />
        <Select
          aria-label={`Type of ${name}`}
          className="w-26! shrink-0"
          value={parameter.type}
          onChange={(type) => update({ type, default: undefined })}
          options={parameterTypes.map((type) => ({ value: type, label: type }))}
        />
        <IconButton
          size="small"
          variant="ghost"
          className="mt-0.5"
          label={`Delete ${name}`}
          onClick={() => store.apply((before) => removeParameter(before, name), { label: 'Delete parameter' })}
        >
          <Trash2 aria-hidden className="size-3.5" />
        </IconButton>
      </div>
      <ValueControl
        control={parameterControl(parameter.type)}
        value={parameter.default}
        placeholder="no default: must be given"
        onChange={(value) => update({ default: parameterSchema.shape.default.safeParse(value).data })}
        attributes={{
          id: `parameter-${name}`,
          'aria-label': `Default of ${name}`,
          'aria-describedby': undefined,
          'aria-invalid': false,
        }}
      />
    </li>
  )
}
