/** The form of a dynamic compute, and the question that it makes. Pure. */
import type { Inputs } from '../ui/api.tsx'
import type { Span } from './time-range.ts'

export type ComputeAsk = Inputs['data']['compute']
type Filter = NonNullable<ComputeAsk['where']>[number]
type Aggregate = NonNullable<ComputeAsk['aggregates']>[number]
export type FilterOp = NonNullable<Filter['op']>
export type AggregateFn = Aggregate['fn']

export interface FilterRow {
  key: number
  field: string
  op: FilterOp
  value: string
}

export interface AggregateRow {
  key: number
  fn: AggregateFn
  field: string
  /** Per cent, of a quantile. */
  quantile: string
}

export interface ComputeForm {
  place: 'model' | 'connection'
  /** A measure or a table of the model. */
  ref: string
  connection: string
  /** A relation, or a path of files. */
  from: string
  parse: string
  time: string
  /** The hosts of a service, of a zone: whose lines are read. */
  entity: string
  entityKind: string
  /** Separated by commas or spaces. */
  entityIds: string
  filters: FilterRow[]
  groupBy: string
  aggregates: AggregateRow[]
  /** Seconds; empty for one total. */
  step: string
  topBy: string
  topCount: string
}

export const emptyForm: ComputeForm = {
  place: 'model',
  ref: '',
  connection: '',
  from: '',
  parse: '',
  time: '',
  entity: '',
  entityKind: 'host',
  entityIds: '',
  filters: [],
  groupBy: '',
  aggregates: [{ key: 0, fn: 'count', field: '', quantile: '95' }],
  step: '',
  topBy: '',
  topCount: '',
}

export const filterOps: readonly { value: FilterOp; label: string }[] = [
  { value: '=', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: '<', label: 'less than' },
  { value: '<=', label: 'at most' },
  { value: '>', label: 'more than' },
  { value: '>=', label: 'at least' },
  { value: 'in', label: 'one of' },
  { value: 'not-in', label: 'none of' },
  { value: 'contains', label: 'contains' },
  { value: 'matches', label: 'matches' },
  { value: 'exists', label: 'is there' },
]

export const aggregateFns: readonly { value: AggregateFn; label: string }[] = [
  { value: 'count', label: 'count' },
  { value: 'sum', label: 'sum' },
  { value: 'avg', label: 'mean' },
  { value: 'min', label: 'lowest' },
  { value: 'max', label: 'highest' },
  { value: 'quantile', label: 'quantile' },
  { value: 'distinct', label: 'different' },
]

const list = (text: string): string[] => text.split(/[\s,]+/).filter((one) => one !== '')

/** Why it cannot be asked yet; null when it can. */
export function formProblem(form: ComputeForm): string | null {
  if (form.place === 'model' && form.ref === '') return 'Choose what is read: a measure or a table.'
  if (form.place === 'connection' && (form.connection === '' || form.from === ''))
    return 'Choose the connection and what is read there.'
  if (form.filters.some(({ field, op, value }) => field === '' || (op !== 'exists' && value === '')))
    return 'A filter lacks its field or value.'
  for (const { fn, field, quantile } of form.aggregates) {
    if (fn !== 'count' && field === '') return `Say of which field the ${nameOf(fn)} is.`
    if (fn === 'quantile' && !(Number(quantile) > 0 && Number(quantile) <= 100))
      return 'A quantile is 1 to 100 per cent.'
  }
  if (form.topCount !== '' && !(Number(form.topCount) >= 1)) return 'The top is a whole number.'
  return null
}

function nameOf(fn: AggregateFn): string {
  return aggregateFns.find(({ value }) => value === fn)?.label ?? fn
}

/** @param form one that has no problem */
export function askOf(form: ComputeForm, span: Span): ComputeAsk {
  const ids = list(form.entityIds)
  const groupBy = list(form.groupBy)
  return {
    from: form.place === 'model' ? form.ref : { source: form.connection, from: form.from },
    range: { from: span.from, to: span.to },
    // What is of the model says itself how its lines are read.
    ...(form.place === 'model' || form.parse === '' ? {} : { parse: form.parse }),
    ...(form.place === 'model' || form.time === '' ? {} : { time: form.time }),
    ...(form.entity === '' && ids.length === 0
      ? {}
      : {
          entities: {
            kind: form.entityKind || 'host',
            ...(form.entity === '' ? {} : { of: form.entity }),
            ...(ids.length === 0 ? {} : { ids }),
          },
        }),
    ...(form.filters.length === 0 ? {} : { where: form.filters.map(filterOf) }),
    ...(groupBy.length === 0 ? {} : { groupBy }),
    aggregates: form.aggregates.map(aggregateOf),
    ...(form.step === '' ? {} : { stepSeconds: Number(form.step) }),
    ...(form.topBy === '' || form.topCount === ''
      ? {}
      : { top: { by: form.topBy, count: Math.round(Number(form.topCount)) } }),
  }
}

function filterOf({ field, op, value }: FilterRow): Filter {
  switch (op) {
    case 'exists':
      return { field, op }
    case 'in':
    case 'not-in':
      return { field, op, value: list(value).map(scalar) }
    case 'contains':
    case 'matches':
      return { field, op, value }
    default:
      return { field, op, value: scalar(value) }
  }
}

/** A figure is a figure: 500 in a status field is compared as one. A long row of digits is a name and stays text. */
function scalar(text: string): string | number {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) && String(Number(text)) === text ? Number(text) : text
}

function aggregateOf({ fn, field, quantile }: AggregateRow): Aggregate {
  return {
    fn,
    ...(field === '' ? {} : { field }),
    ...(fn === 'quantile' ? { quantile: Number(quantile) / 100 } : {}),
  }
}
