'use client'
import type { Parameter } from '@tenon/runbook'
import { Field, Input } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'

export interface FormFieldsProps {
  fields: Readonly<Record<string, Parameter>>
  values: Readonly<Record<string, unknown>>
  change: (values: Record<string, unknown>) => void
}

/** What the runbook asks of those who approve. */
export function FormFields({ fields, values, change }: FormFieldsProps) {
  if (Object.keys(fields).length === 0) return null
  return (
    <Panel title="To fill in">
      <div className="space-y-3">
        {Object.entries(fields).map(([name, parameter]) => (
          <Field
            key={name}
            label={parameter.title ?? name}
            hint={parameter.description}
            optional={parameter.default !== undefined}
          >
            {(control) =>
              parameter.type === 'boolean' ? (
                <input
                  {...control}
                  type="checkbox"
                  className="size-5 accent-accent"
                  checked={(values[name] ?? parameter.default) === true}
                  onChange={(event) => change({ ...values, [name]: event.target.checked })}
                />
              ) : (
                <Input
                  {...control}
                  type={parameter.type === 'number' ? 'number' : 'text'}
                  step="any"
                  value={shown(values[name])}
                  placeholder={shown(parameter.default)}
                  onChange={(event) => {
                    const { [name]: _, ...others } = values
                    const given = valueOf(parameter, event.target)
                    change(given === undefined ? others : { ...others, [name]: given })
                  }}
                />
              )
            }
          </Field>
        ))}
      </div>
    </Panel>
  )
}

const shown = (value: unknown): string =>
  value === undefined
    ? ''
    : Array.isArray(value)
      ? value.join(', ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value)

/** Undefined when nothing is given, so that the default counts. */
function valueOf({ type }: Parameter, { value, valueAsNumber }: HTMLInputElement): unknown {
  if (value === '') return undefined
  if (type === 'number') return Number.isNaN(valueAsNumber) ? undefined : valueAsNumber
  return type === 'list' ? value.split(/,\s*/) : value
}
