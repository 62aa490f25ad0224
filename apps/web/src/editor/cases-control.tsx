'use client'
/** The cases of a switch, in the order in which they are looked at. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import * as z from 'zod'
import { IconButton } from '../ui/button.tsx'
import { Input } from '../ui/field.tsx'
import { asExpression, expressionOf } from './schema-fields.ts'
import type { ValueControlProps } from './value-control-props.ts'

const written = z.array(z.looseObject({ name: z.string().default(''), when: z.unknown() }))
type Case = z.infer<typeof written>[number]

export function CasesControl({
  value,
  onChange,
  attributes,
}: Pick<ValueControlProps, 'value' | 'onChange' | 'attributes'>) {
  const cases = written.safeParse(value).data ?? []
  const change = (next: Case[]): void => onChange(next.length === 0 ? undefined : next)
  const swap = (a: number, b: number): void => change(cases.with(a, cases[b]!).with(b, cases[a]!))
  return (
    <div id={attributes.id} role="group" aria-label={attributes['aria-label'] ?? 'Cases'} className="space-y-2">
      {cases.map((one, index) => (
        // Keyed by place: a name that is being written is not another case.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="space-y-1 rounded-lg border border-line p-1.5">
          <div className="flex items-center gap-0.5">
            <Input
              aria-label={`Name of case ${index + 1}`}
              className="min-w-0 flex-1 text-sm"
              value={one.name}
              onChange={(event) => change(cases.with(index, { ...one, name: event.target.value }))}
            />
            <IconButton
              size="small"
              variant="ghost"
              label={`Look at ${one.name} earlier`}
              disabledReason={index === 0 && 'It is the first already.'}
              onClick={() => swap(index, index - 1)}
            >
              <ArrowUp aria-hidden className="size-3.5" />
            </IconButton>
            <IconButton
              size="small"
              variant="ghost"
              label={`Look at ${one.name} later`}
              disabledReason={index === cases.length - 1 && 'It is the last already.'}
              onClick={() => swap(index, index + 1)}
            >
              <ArrowDown aria-hidden className="size-3.5" />
            </IconButton>
            <IconButton
              size="small"
              variant="ghost"
              label={`Delete ${one.name}`}
              onClick={() => change(cases.toSpliced(index, 1))}
            >
              <Trash2 aria-hidden className="size-3.5" />
            </IconButton>
          </div>
          <Input
            aria-label={`Condition of ${one.name}`}
            className="font-mono text-sm"
            spellCheck={false}
            placeholder='params.zone == "A"'
            value={expressionOf(one.when) ?? ''}
            onChange={(event) => change(cases.with(index, { ...one, when: asExpression(event.target.value) }))}
          />
        </div>
      ))}
      <IconButton
        size="small"
        variant="ghost"
        label="Add a case"
        onClick={() => change([...cases, { name: `case-${cases.length + 1}`, when: asExpression('false') }])}
      >
        <Plus aria-hidden className="size-3.5" />
      </IconButton>
    </div>
  )
}
