/** An ask as a source of rows is given it: checked, with all that the model adds. */
import type { ComputeAsk } from './ask.ts'

/** The time that is asked for, unix milliseconds: with `from`, without `to`. */
export interface AskRange {
  from: number
  to: number
}

/** Entities as values of the field that names them. */
export interface EntityValues {
  field: string
  values: string[]
}

/** The columns of the answer, in their order. */
export interface ColumnNames {
  /** The begin of each step; null without steps. */
  step: string | null
  groups: string[]
  aggregates: string[]
}

export interface RowsAsk {
  ask: ComputeAsk
  /** What is read: a relation, a path of files. */
  from: string
  range: AskRange
  names: ColumnNames
  entities: EntityValues | null
}
