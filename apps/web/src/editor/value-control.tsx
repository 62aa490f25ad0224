'use client'
/** Controls for literal values. One switch over the kinds of `Control`; forms of nodes, parameters and runs all use it. */
import { useState } from 'react'
import { SearchPicker } from '../data/search-picker.tsx'
import { controlClass, Input, Select, TextArea } from '../ui/field.tsx'
import { classNames } from '../ui/class-names.ts'
import { CasesControl } from './cases-control.tsx'
import { type CatalogueIndex, useCatalogue } from './catalogue-index.ts'
import type { Control } from './schema-fields.ts'
import type { ValueControlProps } from './value-control-props.ts'
import { readValue, ValuesControl } from './values-control.tsx'

export function ValueControl({ control, value, onChange, placeholder, attributes, testId }: ValueControlProps) {
  const index = useCatalogue()
  const text = textOf(value)
  const change = (next: string): void => onChange(next === '' ? undefined : next)
  const shared = { ...attributes, placeholder, 'data-testid': testId }
  switch (control.kind) {
    case 'text':
      return control.long ? (
        <TextArea {...shared} value={text} onChange={(event) => change(event.target.value)} />
      ) : (
        <Input {...shared} value={text} onChange={(event) => change(event.target.value)} />
      )
    case 'duration':
      return (
        <Input
          {...shared}
          value={text}
          placeholder={placeholder ?? '30s, 15m, 2h'}
          onChange={(event) => change(event.target.value)}
        />
      )
    case 'condition':
      return (
        <TextArea
          {...shared}
          rows={2}
          spellCheck={false}
          className="font-mono text-sm"
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      )
    case 'number':
      return (
        <Input
          {...shared}
          type="number"
          min={control.minimum}
          max={control.maximum}
          step={control.whole ? 1 : 'any'}
          value={text}
          onChange={(event) => {
            const number = event.target.valueAsNumber
            onChange(Number.isNaN(number) ? undefined : number)
          }}
        />
      )
    case 'boolean':
      return (
        <label className="flex h-8 items-center gap-2">
          <input
            {...attributes}
            type="checkbox"
            data-testid={testId}
            className="size-4 accent-accent"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          <span>{value === true ? 'yes' : 'no'}</span>
        </label>
      )
    case 'choice':
      return (
        <Select
          {...attributes}
          value={text}
          onChange={change}
          options={withUnset(
            control.options.map((option) => ({ value: option, label: option })),
            text,
            placeholder,
          )}
        />
      )
    case 'pick':
      if (control.of === 'entity' || control.of === 'measure') {
        return (
          <SearchPicker
            kind={control.of}
            value={text}
            onChange={change}
            placeholder={placeholder}
            attributes={attributes}
            testId={testId}
          />
        )
      }
      return (
        <Select
          {...attributes}
          value={text}
          onChange={change}
          options={withUnset(pickOptions(index, control.of), text, placeholder)}
        />
      )
    case 'scalar':
      return (
        <Input
          {...shared}
          value={text}
          onChange={({ target }) => onChange(target.value === '' ? undefined : readValue(target.value))}
        />
      )
    case 'lines':
      return (
        <TextArea
          {...shared}
          rows={3}
          spellCheck={false}
          placeholder={placeholder ?? 'one a line'}
          value={Array.isArray(value) ? value.join('\n') : text}
          onChange={(event) => {
            const { value: written } = event.target
            onChange(written === '' ? undefined : written.split('\n'))
          }}
        />
      )
    case 'values':
      return <ValuesControl value={value} onChange={onChange} attributes={attributes} />
    case 'cases':
      return <CasesControl value={value} onChange={onChange} attributes={attributes} />
    case 'json':
      return <JsonControl value={value} onChange={onChange} attributes={attributes} />
  }
}

/** What a one-line control shows of a value; an object or list (written in YAML) is shown as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface Option {
  value: string
  label: string
  note?: string
}

/** "Not set" first, and a value that is no longer offered stays visible instead of vanishing. */
function withUnset(options: Option[], value: string, placeholder: string | undefined): Option[] {
  const unset = { value: '', label: placeholder ?? 'Choose' }
  const known = value === '' || options.some((option) => option.value === value)
  return [unset, ...(known ? [] : [{ value, label: value, note: 'not in the model' }]), ...options]
}

function pickOptions(
  { picks, catalogue: { runbooks = [] } }: CatalogueIndex,
  /** Entities and measures are too many for a list: they are searched. */
  of: Exclude<Extract<Control, { kind: 'pick' }>['of'], 'entity' | 'measure'>,
): Option[] {
  switch (of) {
    case 'chain':
      return picks.chains.map((chain) => ({ value: chain.id, label: chain.title, note: chain.id }))
    case 'zone':
      return picks.zones.map((zone) => ({ value: zone, label: zone }))
    case 'runbook':
      return runbooks.map(({ name, title }) => ({ value: name, label: title, note: name }))
    case 'connection':
      return picks.connections.map((connection) => ({
        value: connection.name,
        label: connection.name,
        note: connection.kind,
      }))
  }
}

/** JSON text; kept as it is typed and handed on when it parses, so that half-written text is not lost. */
function JsonControl({ value, onChange, attributes }: Pick<ValueControlProps, 'value' | 'onChange' | 'attributes'>) {
  const [draft, setDraft] = useState<string | null>(null)
  const [broken, setBroken] = useState(false)
  return (
    <textarea
      {...attributes}
      aria-invalid={broken || attributes['aria-invalid']}
      rows={3}
      spellCheck={false}
      className={classNames(controlClass, 'h-auto py-1.5 font-mono text-sm')}
      value={draft ?? (value === undefined ? '' : JSON.stringify(value))}
      onBlur={() => !broken && setDraft(null)}
      onChange={(event) => {
        const text = event.target.value
        setDraft(text)
        if (text.trim() === '') {
          setBroken(false)
          return onChange(undefined)
        }
        try {
          onChange(JSON.parse(text) as unknown)
          setBroken(false)
        } catch {
          // Being written: the field is marked, and the document keeps the last value that parsed.
          setBroken(true)
        }
      }}
    />
  )
}
