'use client'
/** The rows of the compute form that repeat: filters and aggregates. */
import type { ReactNode } from 'react'
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

interface RowsProps<Row extends { key: number }> {
  legend: string
  /** What one row is, as its buttons call it. */
  title: string
  rows: Row[]
  onChange: (rows: Row[]) => void
  /** The row that is added, under a key that no other has. */
  blank: (key: number) => Row
  /** Why a row has to stay; null where each may go. */
  staysBecause?: string | null
  children: (row: Row, change: (part: Partial<Row>) => void) => ReactNode
}

/** Rows that can be added and taken away. */
function Rows<Row extends { key: number }>({
  legend,
  title,
  rows,
  onChange,
  blank,
  staysBecause = null,
  children,
}: RowsProps<Row>) {
  const add = (): void => {
    onChange([...rows, blank(Math.max(0, ...rows.map(({ key }) => key)) + 1)])
  }
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium text-second">{legend}</legend>
      <div className="space-y-1.5">
        {rows.map((row) => (
          <div key={row.key} className="flex gap-1.5">
            {children(row, (part) => onChange(rows.map((one) => (one.key === row.key ? { ...one, ...part } : one))))}
            <IconButton
              size="small"
              variant="ghost"
              label={`Take the ${title.toLowerCase()} away`}
              disabledReason={staysBecause}
              onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
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
        onClick={add}
      >
        {title}
      </Button>
    </fieldset>
  )
}

export function FilterRows({ rows, onChange }: { rows: FilterRow[]; onChange: (rows: FilterRow[]) => void }) {
  return (
    <Rows<FilterRow>
      legend="Only lines or rows where"
      title="Filter"
      rows={rows}
      onChange={onChange}
      blank={(key) => ({ key, field: '', op: '=', value: '' })}
    >
      {({ field, op, value }, change) => (
        <>
          <Input
            aria-label="Field"
            placeholder="field"
            value={field}
            onChange={(event) => change({ field: event.target.value.trim() })}
          />
          <Select<FilterOp>
            aria-label="Comparison"
            className="w-28! shrink-0"
            value={op}
            onChange={(next) => change({ op: next })}
            options={[...filterOps]}
          />
          <Input
            aria-label="Value"
            placeholder={op === 'in' || op === 'not-in' ? 'a, b' : 'value'}
            disabled={op === 'exists'}
            value={op === 'exists' ? '' : value}
            onChange={(event) => change({ value: event.target.value })}
          />
        </>
      )}
    </Rows>
  )
}

export function AggregateRows({ rows, onChange }: { rows: AggregateRow[]; onChange: (rows: AggregateRow[]) => void }) {
  return (
    <Rows<AggregateRow>
      legend="Compute"
      title="Aggregate"
      rows={rows}
      onChange={onChange}
      blank={(key) => ({ key, fn: 'count', field: '', quantile: '95' })}
      staysBecause={rows.length === 1 ? 'At least one is computed.' : null}
    >
      {({ fn, field, quantile }, change) => (
        <>
          <Select<AggregateFn>
            aria-label="Aggregate"
            className="w-28! shrink-0"
            value={fn}
            onChange={(next) => change({ fn: next })}
            options={[...aggregateFns]}
          />
          <Input
            aria-label="Of field"
            placeholder={fn === 'count' ? 'of all, or a field' : 'of field'}
            value={field}
            onChange={(event) => change({ field: event.target.value.trim() })}
          />
          {fn === 'quantile' && (
            <Input
              aria-label="Quantile, per cent"
              className="w-20! shrink-0"
              inputMode="decimal"
              value={quantile}
              onChange={(event) => change({ quantile: event.target.value })}
            />
          )}
        </>
      )}
    </Rows>
  )
}
