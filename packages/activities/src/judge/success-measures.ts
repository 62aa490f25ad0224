/** Which measures of a table or entity tell how many of its requests fail: found by their selectors, so that a model needs no extra words. */
import { indexModel, type MeasurePlace, type Model } from '@tenon/data'

export interface SuccessMeasures {
  /** What its references begin with: a table, or an entity. */
  head: string
  entity: string
  dimensions: string[]
  /** `<head>.<measure>`: counters of completed events and of all attempts, and their ratio. */
  completed: string
  attempts: string
  rate: string
}

/** Null when there is no ratio (bad when down) of two of its own counters, or when it tells of no one entity. */
export function successMeasures(model: Model, head: string): SuccessMeasures | null {
  const places = indexModel(model).measuresUnder(head)
  for (const { ref, measure, tableId, entity, dimensions } of places) {
    if (entity === null || measure.kind !== 'ratio' || measure.bad !== 'down' || measure.operands !== 'counter')
      continue
    const beside = places.filter((place) => place.tableId === tableId)
    const completed = counterOf(beside, measure.of)
    const attempts = counterOf(beside, measure.per)
    if (completed !== null && attempts !== null) return { head, entity, dimensions, completed, attempts, rate: ref }
  }
  return null
}

function counterOf(places: readonly MeasurePlace[], selector: string | undefined): string | null {
  const found = places.find(
    ({ measure }) => measure.kind === 'counter' && measure.select !== undefined && measure.select === selector,
  )
  return found?.ref ?? null
}

/** What a reference begins with: a table, or an entity. */
export const headOf = (measure: string): string => measure.split('.')[0] ?? ''
