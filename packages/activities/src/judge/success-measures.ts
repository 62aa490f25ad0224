/** Which measures of a table tell how many of its requests fail: found by their selectors, so that a model needs no extra words. */
import type { Model, Table } from '@tenon/data'

export interface SuccessMeasures {
  table: string
  entity: string
  dimensions: string[]
  /** `<table>.<measure>`: counters of completed events and of all attempts, and their ratio. */
  completed: string
  attempts: string
  rate: string
}

/** Null when the table has no ratio (bad when down) of two of its own counters. */
export function successMeasures(model: Model, tableName: string): SuccessMeasures | null {
  const table = Object.hasOwn(model.tables, tableName) ? model.tables[tableName] : undefined
  if (!table) return null
  for (const [name, measure] of Object.entries(table.measures)) {
    if (measure.kind !== 'ratio' || measure.bad !== 'down' || measure.operands !== 'counter') continue
    const completed = counterOf(table, measure.of)
    const attempts = counterOf(table, measure.per)
    if (completed === null || attempts === null) continue
    const reference = (one: string) => `${tableName}.${one}`
    return {
      table: tableName,
      entity: table.entity,
      dimensions: Object.keys(table.dimensions),
      completed: reference(completed),
      attempts: reference(attempts),
      rate: reference(name),
    }
  }
  return null
}

function counterOf(table: Table, selector: string | undefined): string | null {
  const found = Object.entries(table.measures).find(
    ([, measure]) => measure.kind === 'counter' && measure.select !== undefined && measure.select === selector,
  )
  return found?.[0] ?? null
}

export const tableOf = (measure: string): string => measure.split('.')[0] ?? ''
