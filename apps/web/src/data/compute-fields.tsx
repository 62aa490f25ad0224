'use client'
/** The rows of the compute form that repeat: filters and aggregates. */
import { Plus, X } from 'lucide-react'
import { Button, IconButton } from '../ui/button.tsx'
import { Input, Select } from '../ui/field.tsx'
import {
  type AggregateFn,
  aggregateFns,
  type AggregateRow,
  type FilterOp,
  filterOps,
  type FilterRow,
} from './compute-form.ts'

const nextKey = (rows: readonly { key: number }[]): number => Math.max(0, ...rows.map(({ key }) => key)) + 1

export function FilterRows({ rows, onChange }: { rows: FilterRow[]; onChange: (rows: FilterRow[]) => void }) {
  const change = (key: number, part: Partial<FilterRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium text-second">Only lines or rows where</legend>
      <div className="space-y-1.5">
        {rows.map(({ key, field, op, value }) => (
          <div key={key} className="flex gap-1.5">
            <Input
              aria-label="Field"
              placeholder="field"
              value={field}
              onChange={(event) => change(key, { field: event.target.value.trim() })}
            />
            <Select<FilterOp>
              aria-label="Comparison"
              className="w-28! shrink-0"
              value={op}
              onChange={(next) => change(key, { op: next })}
              options={[...filterOps]}
            />
            <Input
              aria-label="Value"
              placeholder={op === 'in' || op === 'not-in' ? 'a, b' : 'value'}
              disabled={op === 'exists'}
              value={op === 'exists' ? '' : value}
              onChange={(event) => change(key, { value: event.target.value })}
            />
            <IconButton
              size="small"
              variant="ghost"
              label="Take the filter away"
              onClick={() => onChange(rows.filter((row) => row.key !== key))}
            >
              <X aria-hidden className="size-3.5" />
            </IconButton>
          </div>
        ))}
      </div>
      <Button
        size="small"
        variant="ghost"
        className="mt-1"
        icon={<Plus aria-hidden className="size-3.5" />}
        onClick={() => onChange([...rows, { key: nextKey(rows), field: '', op: '=', value: '' }])}
      >
        Filter
      </Button>
    </fieldset>
  )
}

export function AggregateRows({ rows, onChange }: { rows: AggregateRow[]; onChange: (rows: AggregateRow[]) => void }) {
  const change = (key: number, part: Partial<AggregateRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium text-second">Compute</legend>
      <div className="space-y-1.5">
        {rows.map(({ key, fn, field, quantile }) => (
          <div key={key} className="flex gap-1.5">
            <Select<AggregateFn>
              aria-label="Aggregate"
              className="w-28! shrink-0"
              value={fn}
              onChange={(next) => change(key, { fn: next })}
              options={[...aggregateFns]}
            />
            <Input
              aria-label="Of field"
              placeholder={fn === 'count' ? 'of all, or a field' : 'of field'}
              value={field}
              onChange={(event) => change(key, { field: event.target.value.trim() })}
            />
            {fn === 'quantile' && (
              <Input
                aria-label="Quantile, per cent"
                className="w-20! shrink-0"
                inputMode="decimal"
                value={quantile}
                onChange={(event) => change(key, { quantile: event.target.value })}
              />
            )}
            <IconButton
              size="small"
              variant="ghost"
              label="Take the aggregate away"
              disabledReason={rows.length === 1 ? 'At least one is computed.' : null}
              onClick={() => onChange(rows.filter((row) => row.key !== key))}
            >
              <X aria-hidden className="size-3.5" />
            </IconButton>
          </div>
        ))}
      </div>
      <Button
        size="small"
        variant="ghost"
        className="mt-1"
        icon={<Plus aria-hidden className="size-3.5" />}
        onClick={() => onChange([...rows, { key: nextKey(rows), fn: 'count', field: '', quantile: '95' }])}
      >
        Aggregate
      </Button>
    </fieldset>
  )
}
