'use client'
import { SquareFunction } from 'lucide-react'
import type { Problem } from '@tenon/runbook'
import { IconButton } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { ExpressionControl } from './expression-control.tsx'
import type { Reference } from './references.ts'
import { asExpression, expressionOf, type SchemaField } from './schema-fields.ts'
import { ValueControl } from './value-control.tsx'

export interface InputFieldProps {
  field: SchemaField
  value: unknown
  /** The value that the last run used, when it differs from what is written (an expression). */
  lastValue: unknown
  problem: Problem | undefined
  references: readonly Reference[]
  onChange: (value: unknown) => void
}

/** One input of a step: a value, or an expression of what went before. */
export function InputField({ field, value, lastValue, problem, references, onChange }: InputFieldProps) {
  const expression = field.control.kind === 'condition' ? (expressionOf(value) ?? '') : expressionOf(value)
  const fallback =
    field.default === undefined || field.default === '' ? undefined : `${format(field.default)} (default)`
  return (
    <Field
      label={field.label}
      optional={!field.required && field.default === undefined}
      hint={hint(field, expression, lastValue)}
      error={problem ? `${problem.message} ${problem.fix}` : null}
    >
      {(attributes) => (
        <div className="flex items-start gap-1" data-field={field.name}>
          <div className="min-w-0 flex-1">
            {expression === null ? (
              <ValueControl
                control={field.control}
                value={value}
                placeholder={fallback}
                onChange={onChange}
                attributes={attributes}
                testId={`field-${field.name}`}
              />
            ) : (
              <ExpressionControl
                value={expression}
                references={references}
                onChange={(cel) =>
                  onChange(cel === '' && field.control.kind === 'condition' ? undefined : asExpression(cel))
                }
                attributes={attributes}
                testId={`field-${field.name}`}
              />
            )}
          </div>
          {field.control.kind !== 'condition' && (
            <IconButton
              size="small"
              variant="ghost"
              label={expression === null ? 'Use an expression' : 'Use a fixed value'}
              aria-pressed={expression !== null}
              className={expression === null ? 'mt-0.5' : 'mt-0.5 text-accent!'}
              onClick={() => onChange(expression === null ? asExpression('') : undefined)}
            >
              <SquareFunction aria-hidden className="size-3.5" />
            </IconButton>
          )}
        </div>
      )}
    </Field>
  )
}

function hint(field: SchemaField, expression: string | null, lastValue: unknown): string | undefined {
  if (expression !== null && lastValue !== undefined) return `was ${format(lastValue)} in the last run`
  return field.description
}

const format = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
