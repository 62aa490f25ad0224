'use client'
/** Named values: a name and a text, number or expression a row. */
import { Plus, Trash2 } from 'lucide-react'
import { IconButton } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import type { ValueControlProps } from './value-control-props.ts'

type Row = [name: string, value: unknown]

export function ValuesControl({
  value,
  onChange,
  attributes,
}: Pick<ValueControlProps, 'value' | 'onChange' | 'attributes'>) {
  const rows: Row[] = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  const change = (next: Row[]): void => onChange(next.length === 0 ? undefined : Object.fromEntries(next))
  const replace = (index: number, row: Row): void => change(rows.with(index, row))
  return (
    <div id={attributes.id} role="group" aria-label={attributes['aria-label'] ?? 'Values'} className="space-y-1.5">
      {rows.map(([name, given], index) => (
        // Keyed by place: a name that is being written is not another row.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="flex items-center gap-1">
          <Input
            aria-label={`Name of value ${index + 1}`}
            className="w-24! font-mono text-sm"
            value={name}
            onChange={(event) => {
              const written = event.target.value
              if (!rows.some(([other], place) => place !== index && other === written)) replace(index, [written, given])
            }}
          />
          <Input
            aria-label={`Value of ${name}`}
            className="min-w-0 flex-1 font-mono text-sm"
            value={typeof given === 'string' ? given : JSON.stringify(given)}
            onChange={(event) => replace(index, [name, readValue(event.target.value)])}
          />
          <IconButton
            size="small"
            variant="ghost"
            label={`Delete ${name}`}
            onClick={() => change(rows.toSpliced(index, 1))}
          >
            <Trash2 aria-hidden className="size-3.5" />
          </IconButton>
        </div>
      ))}
      <IconButton
        size="small"
        variant="ghost"
        label="Add a value"
        onClick={() => change([...rows, [freeName(rows), '']])}
      >
        <Plus aria-hidden className="size-3.5" />
      </IconButton>
    </div>
  )
}

/** Numbers, true, false, lists and objects as JSON writes them; everything else is text. */
export function readValue(text: string): unknown {
  if (!/^(-?\d|true$|false$|null$|\[|\{)/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function freeName(rows: readonly Row[]): string {
  for (let number = 1; ; number += 1) if (!rows.some(([name]) => name === `value_${number}`)) return `value_${number}`
}
